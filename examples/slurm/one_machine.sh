#!/bin/bash
# A Slurm of one machine in a folder of its own, to try batch scripts (Debian: apt-get install slurm-wlm munge; as root).
#
#   . one_machine.sh start FOLDER [CPUS]     starts munged, slurmctld and slurmd; sets SLURM_CONF for this shell
#   . one_machine.sh stop FOLDER
#
# Nothing outside FOLDER is written. More CPUS than the machine has is allowed.
slurm_start() {
    local folder=$1 cpus=${2:-$(nproc)} host
    host=$(hostname -s)
    mkdir -p "$folder"/{state,spool,log} && chmod 700 "$folder"
    head -c 1024 /dev/urandom >"$folder/munge.key" && chmod 400 "$folder/munge.key"
    cat >"$folder/slurm.conf" <<CONF
ClusterName=one
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
CredType=cred/munge
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld
SlurmdLogFile=$folder/log/slurmd
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerType=sched/builtin
MpiDefault=pmix
ReturnToService=2
SlurmdParameters=config_overrides
KillWait=5
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus RealMemory=1000 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
    export SLURM_CONF=$folder/slurm.conf
    munged --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" --pid-file="$folder/munge.pid" \
        --log-file="$folder/log/munged" --seed-file="$folder/munge.seed" || return 1
    slurmctld -f "$SLURM_CONF" && slurmd -f "$SLURM_CONF" || return 1
    local i
    for i in $(seq 30); do
        sinfo -h -o %t 2>/dev/null | grep -q idle && return 0
        sleep 1
    done
    echo "the node did not come up: see $folder/log" >&2
    return 1
}

slurm_stop() {
    local pid
    for pid in slurmd slurmctld munge; do
        [ -s "$1/$pid.pid" ] && kill "$(cat "$1/$pid.pid")" 2>/dev/null
    done
    unset SLURM_CONF
}

"slurm_$1" "${@:2}"
