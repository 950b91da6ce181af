"""What holds exactly on any mesh: reciprocity, superposition, energy, balance, floating terminals, scaling."""

import numpy as np
import pytest
import three_pads
import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from domains import moved, volume_power

from meshes.bodies import Block
from meshes.build import build_mesh
from meshes.geometry import Geometry
from meshes.layers import Layer
from sim.circuit import Source, operate
from sim.exposure.triangles import facet_areas
from sim.fem.conduction import Terminal
from sim.fem.unit_solves import solve_basis
from sim.tissues import Uniform, axial_tensor

FACES = [terminal.faces[0] for terminal in three_pads.TERMINALS]


@pytest.fixture(scope="module")
def basis():
    return three_pads.basis()


def plain_dolfinx(voltages):
    """The same problem assembled by hand and solved with a direct solver: currents of the terminals by ∫ (V - φ)/z."""
    domain = three_pads.domain()
    msh = domain.msh
    V = fem.functionspace(msh, ("Lagrange", 2))
    u, v = ufl.TrialFunction(V), ufl.TestFunction(V)
    ds = ufl.Measure("ds", domain=msh, subdomain_data=domain.facets)
    κ = fem.Function(fem.functionspace(msh, ("DG", 0, (3, 3))))
    tensors = {c.layer: c.tensor for c in three_pads.CONDUCTORS}
    for name, tag in domain.layer_tags.items():
        κ.x.array.reshape(-1, 9)[domain.cell_layers == tag] = tensors[name].ravel()
    tags = [domain.face_tags[name] for name, _ in FACES]
    a = ufl.inner(κ * ufl.grad(u), ufl.grad(v)) * ufl.dx
    L = fem.Constant(msh, 0.0) * v * ufl.dx
    for (_, z), tag, voltage in zip(FACES, tags, voltages, strict=True):
        if z > 0.0:
            a += u * v / z * ds(tag)
            L += voltage * v / z * ds(tag)
    dofs = fem.locate_dofs_topological(V, 2, domain.facets.find(tags[1]))
    fixed = fem.dirichletbc(float(voltages[1]), dofs, V)
    options = {"ksp_type": "preonly", "pc_type": "lu", "pc_factor_mat_solver_type": "mumps"}
    extra = {"petsc_options_prefix": "plain_"} if "petsc_options_prefix" in _keywords() else {}
    φ = fem_petsc.LinearProblem(a, L, bcs=[fixed], petsc_options=options, **extra).solve()
    currents = [
        fem.assemble_scalar(fem.form((voltage - φ) / z * ds(tag)))
        for (_, z), tag, voltage in zip(FACES, tags, voltages, strict=True)
        if z > 0.0
    ]
    return np.array(currents)


def _keywords():
    import inspect

    return inspect.signature(fem_petsc.LinearProblem.__init__).parameters


def test_superposition_equals_a_direct_solve_with_another_assembly(basis):
    voltages = np.array([3.0, -1.0, 0.5])
    currents = basis.admittance @ voltages
    direct = plain_dolfinx(voltages)
    np.testing.assert_allclose(currents[[0, 2]], direct, rtol=1e-9)


def test_reciprocity(basis):
    Y = basis.admittance
    np.testing.assert_allclose(Y, Y.T, atol=1e-10 * abs(Y).max())
    assert (np.diag(Y) > 0).all()
    assert (Y[~np.eye(3, dtype=bool)] < 0).all()


def test_transfer_impedance_is_reciprocal(basis):
    drive_ab = operate(basis.admittance, (Source(np.array([1.0, -1.0, 0.0]), False),), 1)
    drive_ac = operate(basis.admittance, (Source(np.array([1.0, 0.0, -1.0]), False),), 1)
    heard_on_ac = drive_ab.voltages[0, 0] - drive_ab.voltages[0, 2]
    heard_on_ab = drive_ac.voltages[0, 0] - drive_ac.voltages[0, 1]
    assert heard_on_ac == pytest.approx(heard_on_ab, rel=1e-9)


def test_currents_sum_to_zero_and_densities_carry_them(basis):
    assert np.abs(basis.admittance.sum(axis=0)).max() < 1e-9 * np.abs(basis.admittance).max()
    for j, contact in enumerate(basis.contacts):
        carried = contact.density.mean(axis=2) @ facet_areas(contact.corners)
        np.testing.assert_allclose(carried, basis.admittance[j], atol=1e-9 * np.abs(basis.admittance).max())


def test_power_delivered_is_power_dissipated(basis):
    V = np.array([1.0, -0.3, 0.2])
    contacts = sum(V @ contact.losses @ V for contact in basis.contacts)
    assert V @ basis.admittance @ V == pytest.approx(volume_power(basis, V) + contacts, rel=1e-8)
    assert not basis.contacts[1].losses.any()  # the perfect one


def test_conductivities_are_those_of_the_layers(basis):
    tensors = np.array([c.tensor for c in three_pads.CONDUCTORS])[basis.layers]
    np.testing.assert_array_equal(basis.conductivity, tensors)


def test_a_floating_terminal_carries_no_net_current(basis):
    operation = operate(basis.admittance, (Source(np.array([1.0, -1.0, 0.0]), False),), 1)
    assert abs(operation.currents[0, 2]) < 1e-12
    assert operation.currents[0, :2] == pytest.approx([1.0, -1.0], rel=1e-9)
    assert operation.voltages[0, 1] == pytest.approx(0.0, abs=1e-9)


def test_voltage_drive_and_current_drive_are_inverse(basis):
    weights = np.array([1.0, -0.4, -0.6])
    by_voltage = operate(basis.admittance, (Source(weights, True),), 1)
    assert by_voltage.voltages[0, 1] == pytest.approx(by_voltage.voltages[0, 2], abs=1e-12)
    assert by_voltage.voltages[0, 0] - by_voltage.voltages[0, 1] == pytest.approx(1.0, rel=1e-12)
    by_current = operate(basis.admittance, (Source(by_voltage.currents[0], False),), 1)
    np.testing.assert_allclose(by_current.voltages, by_voltage.voltages, atol=1e-9)


def test_first_order_needs_more_power_than_second(basis):
    """Power at given voltages is a minimum (Dirichlet's principle): the larger space finds a lower one."""
    first = three_pads.basis(order=1)
    assert first.facts.unknowns < basis.facts.unknowns / 4
    excess = np.linalg.eigvalsh(first.admittance - basis.admittance)
    assert excess[0] > -1e-9 * basis.admittance[0, 0]
    assert 0.01 * basis.admittance[0, 0] < excess[-1] < 0.3 * basis.admittance[0, 0]


@pytest.mark.parametrize("axis", [0, 2])
def test_axial_conductivity_is_a_stretched_isotropic_body(axis):
    """With x' = s x along the axis and s² = σ_t / σ_l, the form becomes that of the isotropic sqrt(σ_l σ_t)."""
    σ_l, σ_t = 0.45, 0.1
    body = Block(kind="block", length_mm=110.0, width_mm=80.0, layers=(Layer(tissue="muscle", thickness_mm=30.0),))
    tagged = build_mesh(Geometry(body=body, pads=three_pads.PADS[:1] + three_pads.PADS[2:]), "draft")
    stretch, direction = np.ones(3), np.zeros(3)
    stretch[axis], direction[axis] = np.sqrt(σ_t / σ_l), 1.0
    terminals = (Terminal("a", (("pad a", 0.0),)), Terminal("c", (("pad c", 0.0),)))

    def admittance(mesh, tensor):
        conductor = Uniform("muscle", "muscle", tensor, "test")
        solved = solve_basis(three_pads.domain(mesh), (conductor,), terminals, tolerance=1e-13)
        return solved.admittance[0, 0]

    axial = admittance(tagged, axial_tensor(σ_l, σ_t, tuple(direction)))
    isotropic = admittance(moved(tagged, np.diag(stretch)), np.sqrt(σ_l * σ_t) * np.eye(3))
    assert axial == pytest.approx(isotropic, rel=1e-8)


def test_turned_fibres_are_a_turned_body():
    angle = np.radians(30.0)
    turn = np.array([[np.cos(angle), -np.sin(angle), 0.0], [np.sin(angle), np.cos(angle), 0.0], [0.0, 0.0, 1.0]])
    tagged = three_pads.tagged_mesh()
    results = []
    for mesh, direction in ((tagged, np.array([1.0, 0.0, 0.0])), (moved(tagged, turn), turn[:, 0])):
        muscle = Uniform("muscle", "muscle", axial_tensor(0.45, 0.1, tuple(direction)), "test")
        conductors = (*three_pads.CONDUCTORS[:2], muscle)
        results.append(solve_basis(three_pads.domain(mesh), conductors, three_pads.TERMINALS, tolerance=1e-13))
    np.testing.assert_allclose(results[0].admittance, results[1].admittance, rtol=1e-8)
