#!/usr/bin/env bash
# Starts a Slurm of one node in a folder, runs a sweep of 200 shards as a job array, kills it midway, resumes it, and
# leaves the merge to the dependent job. Needs Debian's slurm-wlm and munge, and root (munged and slurmd want it).
# usage: array.sh PORTVOLT STUDY.toml FOLDER      ends with 0 when FOLDER/sweep/*.merged is there
set -euo pipefail
portvolt=$1 study=$2 folder=$3
mkdir -p "$folder"/{run,spool,state,log}
host=$(hostname -s)
port=$((20000 + $$ % 20000))

stop() {
  for daemon in slurmd slurmctld munged; do
    [ -f "$folder/run/$daemon.pid" ] && kill "$(cat "$folder/run/$daemon.pid")" 2>/dev/null || true
  done
}
trap stop EXIT

dd if=/dev/urandom of="$folder/munge.key" bs=128 count=1 2>/dev/null
chmod 400 "$folder/munge.key"
munged --force --key-file="$folder/munge.key" --socket="$folder/run/munge.sock" --pid-file="$folder/run/munged.pid" \
  --log-file="$folder/log/munged.log" --seed-file="$folder/run/munge.seed"

cat > "$folder/slurm.conf" <<CONF
ClusterName=portvolt
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$folder/run/munge.sock
CryptoType=crypto/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
ReturnToService=2
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
MpiDefault=none
SlurmctldPort=$port
SlurmdPort=$((port + 1))
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/run/slurmctld.pid
SlurmdPidFile=$folder/run/slurmd.pid
SlurmctldLogFile=$folder/log/slurmctld.log
SlurmdLogFile=$folder/log/slurmd.log
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=1000 State=UNKNOWN
PartitionName=debug Nodes=$host Default=YES State=UP MaxTime=INFINITE
CONF
export SLURM_CONF="$folder/slurm.conf"
slurmctld -c -f "$SLURM_CONF"
slurmd -f "$SLURM_CONF"
for _ in $(seq 240); do
  sinfo -h -o %T 2>/dev/null | grep -q idle && break
  sleep 0.5
done
sinfo -h -o "node %T" | grep -q idle || { echo "slurm did not come up:"; tail -n 5 "$folder"/log/*.log; exit 1; }

sweep=$folder/sweep
"$portvolt" sweep plan "$study" --out "$sweep" --quiet
count() { find "$sweep/shards" -name '*.shard' 2>/dev/null | wc -l; }
submit() { "$portvolt" sweep submit "$sweep" --slurm --parts 20 --time 5 --yes --format json; }

submit > "$folder/first.json"
array=$(sed -n '/"jobs"/,/]/p' "$folder/first.json" | grep -o '[0-9]\+' | head -1)
for _ in $(seq 600); do
  [ "$(count)" -ge 40 ] && break
  sleep 0.1
done
scancel --signal=KILL --full "$array" 2>/dev/null || true
scancel "$array" 2>/dev/null || true
while squeue -h -j "$array" -t running,completing 2>/dev/null | grep -q .; do sleep 0.2; done
kept=$(count)
echo "killed with $kept of 200 shards"
[ "$kept" -ge 40 ] && [ "$kept" -lt 200 ] || { echo "not killed midway"; exit 1; }
[ ! -e "$sweep"/*.merged ] || { echo "merged although killed"; exit 1; }

submit > "$folder/second.json"
for _ in $(seq 600); do
  [ -e "$(echo "$sweep"/*.merged)" ] && break
  sleep 0.2
done
[ -e "$(echo "$sweep"/*.merged)" ] || { echo "no merge:"; squeue; cat "$sweep"/*.log; tail -5 "$folder"/log/slurmctld.log; exit 1; }
echo "resumed and merged: $(count) shards"
