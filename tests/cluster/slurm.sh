#!/bin/bash
# usage: slurm.sh DIR PORT
#
# A Slurm of one node in the foreground: munged, slurmctld and slurmd of this machine with all their files in DIR (a
# short path: it holds sockets), on the ports PORT and PORT + 1. It needs root, but neither systemd nor cgroups nor a
# database. Ends all of them when it is ended, or when the process that started it is gone. Clients: SLURM_CONF=DIR/slurm.conf.
set -eu
dir=$1 port=$2 parent=$PPID
host=$(uname -n)
cores=2
mkdir -p "$dir/spool" "$dir/state"
chmod 755 "$dir"
(umask 077 && head -c 1024 /dev/urandom >"$dir/munge.key")

cat >"$dir/slurm.conf" <<END
ClusterName=faradic
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$dir/munge.socket
CredType=cred/munge
StateSaveLocation=$dir/state
SlurmdSpoolDir=$dir/spool
SlurmctldPidFile=$dir/slurmctld.pid
SlurmdPidFile=$dir/slurmd.pid
PlugStackConfig=$dir/plugstack.conf
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
ReturnToService=2
KillWait=2
SchedulerParameters=sched_interval=1,sched_min_interval=100000,defer
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MaxArraySize=${MAX_ARRAY_SIZE:-1001}
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cores RealMemory=4000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
END
echo 'CgroupPlugin=disabled' >"$dir/cgroup.conf"
: >"$dir/plugstack.conf"
export SLURM_CONF=$dir/slurm.conf

trap 'trap - EXIT; kill $(jobs -p) 2>/dev/null; wait; exit 0' EXIT TERM INT
munged --foreground --force --key-file="$dir/munge.key" --socket="$dir/munge.socket" --pid-file="$dir/munge.pid" \
    --seed-file="$dir/munge.seed" --log-file="$dir/munged.log" >"$dir/munged.out" 2>&1 &
until [ -S "$dir/munge.socket" ]; do sleep 0.1; done
slurmctld -D -c -L "$dir/slurmctld.log" >"$dir/slurmctld.out" 2>&1 &
slurmd -D -L "$dir/slurmd.log" >"$dir/slurmd.out" 2>&1 &
while kill -0 "$parent" 2>/dev/null; do     # the one that started this may be killed
    sleep 1 &
    wait $!
done
