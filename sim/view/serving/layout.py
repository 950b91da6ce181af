"""What the page of a run looks like."""

from typing import TYPE_CHECKING

from trame.ui.vuetify3 import SinglePageWithDrawerLayout
from trame.widgets import html, vtk, vuetify3

from sim.view.serving.clock import AT_TIME
from sim.view.theme import quiet

if TYPE_CHECKING:
    from sim.view.serving.page import Page

CURSOR = "`position: absolute; top: 0; bottom: 0; width: 2px; background: #1d4e89; left: ${100 * step / steps}%`"


def build(page: "Page") -> None:
    """Lay out the page: picture, controls and tables, whose words and numbers are in its state."""
    with SinglePageWithDrawerLayout(page.server) as layout:
        layout.title.set_text("{{ title }}")
        with layout.toolbar:
            vuetify3.VChip("{{ verdict }}", color=("verdict_colour",), variant="flat", id="verdict")
            for words, address in page.links.items():
                html.A(words, href=address, classes="ma-3")
        with layout.drawer as drawer:
            drawer.width = 340
            _build_controls(page)
        with layout.content, vuetify3.VContainer(fluid=True):
            vuetify3.VAlert("{{ problem }}", v_if="problem", type="error", density="compact", id="problem")
            with html.Div(style="height: 62vh; min-height: 20rem"):
                with quiet():
                    page.plotter.render()
                view = vtk.VtkRemoteView(page.plotter.render_window, ref="view", interactive_ratio=0.6)
                page.controller.view_update = view.update
            html.Small("Drawn by {{ renderer }}. Colour: {{ colour_words }}.")
            _build_tables()


def _build_controls(page: "Page") -> None:
    with vuetify3.VContainer():
        html.B("Amplitude")
        with html.Div(v_for="name, i in channel_names", key=("name",)):
            html.Span("{{ name }}: {{ amplitude_words[i] }}")
        for i, name in enumerate(page.amplitudes.names):
            vuetify3.VSlider(
                v_model=(f"factor_{i}",),
                label=name,
                min=("least",),
                max=("most",),
                step=0.01,
                thumb_label=False,
                hide_details=True,
                id=f"factor-{i}",
            )
            html.Div(f"× {{{{ Math.pow(10, factor_{i}).toPrecision(3) }}}}", classes="text-caption")
        html.Div("{{ scaled }}", classes="text-caption mb-3")
        _build_clock(page)
        vuetify3.VSelect(
            v_model=("quantity",), items=("quantities",), label="quantity", density="compact", id="quantity"
        )
        vuetify3.VSelect(v_model=("clip",), items=("planes",), label="clip", density="compact", id="clip")
        vuetify3.VSelect(v_model=("slice",), items=("planes",), label="slice", density="compact")
        vuetify3.VSlider(
            v_model=("place",), label="plane at", min=0.0, max=1.0, step=0.01, hide_details=True, id="place"
        )
        vuetify3.VSlider(v_model=("above",), label="only above", min=0.0, max=1.0, step=0.02, hide_details=True)
        vuetify3.VSelect(v_model=("lines",), items=("poles",), label="lines of current from", density="compact")
        vuetify3.VSwitch(v_model=("exceeded",), label="shade what is beyond the limit", hide_details=True)
        html.Div("{{ limit }}", classes="text-caption mb-3")
        vuetify3.VSelect(v_model=("view",), items=("views",), label="view", density="compact")
        for i, name in enumerate(page.run.tissues):
            vuetify3.VSlider(
                v_model=(f"opacity_{i}",),
                label=name.replace("_", " "),
                min=0.0,
                max=1.0,
                step=0.1,
                hide_details=True,
                density="compact",
            )
        html.B("Values at a point, mm")
        with vuetify3.VRow(dense=True):
            for axis in "xyz":
                with vuetify3.VCol():
                    vuetify3.VTextField(v_model=(f"probe_{axis}",), label=axis, density="compact")
        vuetify3.VBtn("show", click=page.on_probe, size="small")
        html.Pre("{{ values }}", style="font-size: .8rem")


def _build_clock(page: "Page") -> None:
    """The slider of time with the waveform, or why there is none."""
    if page.clock.mover.why_not:
        html.Div("{{ still }}", classes="text-caption mb-3", id="still")
        return
    vuetify3.VSelect(v_model=("when",), items=("whens",), label="show the fields", density="compact", id="when")
    with html.Div(v_if=f"when == '{AT_TIME}'", classes="mb-3"):
        with vuetify3.VRow(dense=True):
            with vuetify3.VCol(v_if="clock_channels.length > 1"):
                vuetify3.VSelect(
                    v_model=("clock_channel",), items=("clock_channels",), label="waveform of", density="compact"
                )
            with vuetify3.VCol():
                vuetify3.VSelect(v_model=("stretch",), items=("stretches",), label="over", density="compact")
        with html.Div(style="position: relative"):
            html.Div(v_html=("waveform",))
            html.Div(style=(CURSOR,))
        vuetify3.VSlider(
            v_model=("step",), min=0, max=("steps",), step=1, hide_details=True, id="time", aria_label="time"
        )
        html.Div("{{ now }}", id="now")
        html.Div("{{ stretch_words }}; lines of current stay those of the peak", classes="text-caption")


def _build_tables() -> None:
    html.P("{{ because }}")
    with vuetify3.VTable(density="compact"):
        with html.Thead(), html.Tr():
            html.Th("electrode")
            html.Th("{{ words }}", v_for="words in electrode_rows", key=("words",))
        with html.Tbody(), html.Tr(v_for="row in electrodes", key=("row.name",)):
            html.Td("{{ row.name }}")
            html.Td("{{ value }}", v_for="value, i in row.values", key=("i",))
    with vuetify3.VTable(density="compact", id="checks"):
        with html.Thead(), html.Tr():
            for words in ("check", "at", "value", "limit", "used", "outcome", "status of the number"):
                html.Th(words)
        with html.Tbody(), html.Tr(v_for="check, i in checks", key=("i",)):
            for key in ("id", "subject", "value", "limit", "used", "outcome", "status"):
                html.Td(f"{{{{ check.{key} }}}}")
    html.P("{{ note }}", v_for="note, i in notes", key=("i",))
