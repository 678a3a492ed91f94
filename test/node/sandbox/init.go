// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
)

// The network of the sandbox, which nothing outside of it can reach or be reached from.
const (
	// NodeAddress is the node's address. It is on a bridge without ports, because not every kernel
	// has dummy devices.
	NodeAddress = "10.77.0.1"
	// ServiceRange is the CIDR range of Services.
	ServiceRange = "10.96.0.0/16"
	// PodRange is the CIDR range of pods.
	PodRange = "10.88.0.0/24"
)

// sysctls are what the kubelet sets. They belong to the whole machine, so it sets copies of them.
//
// Source: kubernetes/kubernetes, pkg/kubelet/cm/container_manager_linux.go (setupKernelTunables).
var sysctls = []string{
	"vm/overcommit_memory", "vm/panic_on_oom",
	"kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

// initialize prepares the namespaces, starts inner and returns its exit code.
func initialize() int {
	for _, step := range []func() error{mount, hideSysctls, configureNetwork} {
		if err := step(); err != nil {
			return fail(err)
		}
	}
	cmd, err := self(stageInner)
	if err != nil {
		return fail(err)
	}
	if err := cmd.Start(); err != nil {
		return fail(err)
	}
	return reap(cmd.Process.Pid)
}

// reap waits for all processes, because process 1 inherits those whose parents have ended, until the
// given one has ended, and returns its exit code.
func reap(inner int) int {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		switch {
		case errors.Is(err, syscall.EINTR):
		case err != nil:
			return fail(fmt.Errorf("waiting for processes: %w", err))
		case pid == inner && status.Exited():
			return status.ExitStatus()
		case pid == inner && status.Signaled():
			return fail(fmt.Errorf("the program ended: %s", status.Signal()))
		}
	}
}

// mount makes /run a file system in memory, /proc that of the process namespace, and what is written
// to /var and /opt stay in memory: the kubelet, containerd and CNI plugins have fixed paths there.
func mount() error {
	for _, m := range []struct {
		source, target, kind string
		flags                uintptr
		data                 string
	}{
		// Nothing is propagated to the machine, and everything to containers.
		{"", "/", "", syscall.MS_REC | syscall.MS_PRIVATE, ""},
		{"", "/", "", syscall.MS_REC | syscall.MS_SHARED, ""},
		{"proc", "/proc", "proc", 0, ""},
		{"tmpfs", "/run", "tmpfs", 0, "mode=755"},
	} {
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, m.data); err != nil {
			return fmt.Errorf("mounting %s: %w", m.target, err)
		}
	}
	for _, dir := range []string{"/run/lock", "/run/netns", Dir} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // like the originals
			return err
		}
	}
	for _, name := range []string{"var", "opt"} {
		upper, work := filepath.Join("/run/overlay", name), filepath.Join("/run/overlay", name+".work")
		if err := errors.Join(os.MkdirAll(upper, 0o755), os.MkdirAll(work, 0o755)); err != nil { //nolint:gosec // like the originals
			return err
		}
		data := "lowerdir=/" + name + ",upperdir=" + upper + ",workdir=" + work
		if err := syscall.Mount("overlay", "/"+name, "overlay", 0, data); err != nil {
			return fmt.Errorf("mounting an overlay on /%s: %w", name, err)
		}
	}
	return nil
}

func hideSysctls() error {
	for _, name := range sysctls {
		path := filepath.Join("/proc/sys", name)
		value, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading a sysctl: %w", err)
		}
		dummy := filepath.Join("/run/sysctl", name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(dummy), 0o755), os.WriteFile(dummy, value, 0o644)); err != nil { //nolint:gosec // like the original
			return fmt.Errorf("copying a sysctl: %w", err)
		}
		if err := syscall.Mount(dummy, path, "", syscall.MS_BIND, ""); err != nil {
			return fmt.Errorf("mounting a copy of the sysctl %s: %w", name, err)
		}
	}
	return nil
}

func configureNetwork() error {
	cmd := exec.Command("ip", "-batch", "-")
	cmd.Stdin = strings.NewReader(strings.Join([]string{
		"link set lo up",
		"link add node0 type bridge",
		"address add " + NodeAddress + "/32 dev node0",
		"link set node0 up",
		// Services, as a default route would.
		"route add " + ServiceRange + " dev node0",
	}, "\n"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("configuring the network: %w\n%s", err, out)
	}
	if err := os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0o600); err != nil {
		return fmt.Errorf("configuring the network: %w", err)
	}
	return nil
}
