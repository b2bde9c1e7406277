# Sourced by .ci/run: a container engine for the tests that build and run the tasks' images, a browser for those of pages, and the AWS CLI
# as a second client of the local cloud.
# Where no public registry can be reached, the base image of the tasks is a stand-in: Debian by mmdebstrap, and the clone's Node.

engine_packages=(podman buildah runc mmdebstrap chromium awscli)
engine_home=/var/tmp/slipway-engine

# Version 2 of the AWS CLI has commands that version 1 has not, and the tests take the newest on the PATH.
engine_has() {
  if [ "$1" != awscli ]; then
    command -v "$1" >/dev/null
    return
  fi
  local found
  while read -r found; do
    if "$found" --version 2>/dev/null | grep -q '^aws-cli/2'; then return 0; fi
  done < <(type -aP aws)
  return 1
}

engine_missing() {
  local package missing=()
  for package in "${engine_packages[@]}"; do
    engine_has "$package" || missing+=("$package")
  done
  echo "${missing[*]}"
}

engine_install() {
  local missing
  missing=$(engine_missing)
  [ -z "$missing" ] && return 0
  if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
    echo "*** Missing: $missing. They are installed only as root by apt-get; the tests that need them are SKIPPED. ***" >&2
    return 1
  fi
  # shellcheck disable=SC2086
  if ! { apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } \
    >/tmp/slipway-apt.log 2>&1; then
    tail -5 /tmp/slipway-apt.log >&2
    echo "*** apt-get could not install: $missing. The tests that need them are SKIPPED. ***" >&2
    return 1
  fi
}

# Settings under which podman runs as root inside of a container or a virtual machine without systemd.
engine_configure() {
  mkdir -p "$engine_home"
  cat >"$engine_home/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=20000:20000", "nproc=8192:8192"]
netns = "host"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
CONF
  cat >"$engine_home/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$engine_home/graph"
runroot = "$engine_home/run"
CONF
  export CONTAINERS_CONF="$engine_home/containers.conf"
  export CONTAINERS_STORAGE_CONF="$engine_home/storage.conf"
  export BUILDAH_ISOLATION=chroot
}

# @returns false, having said why, where there is no engine: the tests then skip what needs one, and say so
engine_prepare() {
  engine_install || return 1
  engine_configure
  if ! .ci/base-image >/tmp/slipway-base-image.log 2>&1; then
    tail -20 /tmp/slipway-base-image.log >&2
    echo "*** The base image of the tasks could not be made; the tests that build images are SKIPPED. ***" >&2
    return 1
  fi
  # From here on a test that finds no engine fails.
  export SLIPWAY_TEST_ENGINE=required
}
