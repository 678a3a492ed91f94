// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/test/audit"
)

// quietPeriod is the time without requests after which the operator counts as idle.
const quietPeriod = 5 * time.Second

// report prints the requests, CPU time and memory of the operator after creating all objects, while
// it is idle, after changes of children's statuses, and after a restart.
func (b *bench) report(ctx context.Context, o options) error {
	if err := b.waitUntilIdle(ctx, o, 0, o.objects); err != nil {
		return err
	}
	if err := b.show(0, o.objects, "creating all objects", "/object"); err != nil {
		return err
	}
	if err := b.showProcess("after creating", "create"); err != nil {
		return err
	}
	if err := b.showOllama(o.objects); err != nil {
		return err
	}
	offset, err := b.auditOffset()
	if err != nil {
		return err
	}
	if err := pause(ctx, o.idle); err != nil {
		return err
	}
	if err := b.show(offset, 1, "idle for "+o.idle.String(), "/rest"); err != nil {
		return err
	}
	if err := b.showOllama(o.objects); err != nil {
		return err
	}
	if err := b.afterStatusChange(ctx, o); err != nil {
		return err
	}
	if err := b.showProcess("after the status changes", ""); err != nil {
		return err
	}
	return b.afterRestart(ctx, o)
}

// afterStatusChange changes the status of a Deployment of every tenth object and prints the requests.
func (b *bench) afterStatusChange(ctx context.Context, o options) error {
	offset, err := b.auditOffset()
	if err != nil {
		return err
	}
	touched := 0
	for i := 0; i < o.objects; i += 10 {
		deployment := &appsv1.Deployment{}
		key := client.ObjectKey{Namespace: namespaceOf(i), Name: object(i).Name + "-ollama"}
		if err := b.client.Get(ctx, key, deployment); err != nil {
			return err
		}
		deployment.Status.Conditions = append(deployment.Status.Conditions, appsv1.DeploymentCondition{
			Type: "Bench", Status: corev1.ConditionTrue, Reason: "Touched", LastTransitionTime: metav1.Now(), LastUpdateTime: metav1.Now(),
		})
		if err := b.client.Status().Update(ctx, deployment); err != nil {
			return err
		}
		touched++
	}
	if err := b.waitUntilIdle(ctx, o, offset, touched); err != nil {
		return err
	}
	return b.show(offset, touched, fmt.Sprintf("after status changes of %d Deployments", touched), "/change")
}

// afterRestart restarts the operator, which then lists and reconciles all objects at once, and prints
// the requests.
func (b *bench) afterRestart(ctx context.Context, o options) error {
	if err := b.cluster.StopManager(); err != nil {
		return err
	}
	offset, err := b.auditOffset()
	if err != nil {
		return err
	}
	if err := b.cluster.StartManager(); err != nil {
		return err
	}
	if err := b.waitUntilIdle(ctx, o, offset, o.objects); err != nil {
		return err
	}
	if err := b.show(offset, o.objects, "after a restart", "/restart"); err != nil {
		return err
	}
	if err := b.showProcess("after the restart", "restart"); err != nil {
		return err
	}
	return b.showOllama(o.objects)
}

// waitUntilIdle waits until the operator has sent at least one request per object since the offset in
// the audit log, and then none for quietPeriod. The first condition is needed because it sends none
// while it fills its cache, either.
func (b *bench) waitUntilIdle(ctx context.Context, o options, offset int64, objects int) error {
	last, since := int64(-1), time.Now()
	return wait.PollUntilContextTimeout(ctx, 500*time.Millisecond, o.timeout, true, func(context.Context) (bool, error) {
		size, err := b.auditOffset()
		if size != last {
			last, since = size, time.Now()
		}
		if err != nil || time.Since(since) < quietPeriod {
			return false, err
		}
		reads, writes, _, err := b.requests(offset)
		return reads+writes >= objects, err
	})
}

// auditOffset returns the current size of the audit log.
func (b *bench) auditOffset() (int64, error) {
	info, err := os.Stat(b.cluster.AuditLog())
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// show prints the operator's requests since the offset in the audit log, by verb and resource, and keeps their number
// in units that end with per.
func (b *bench) show(offset int64, objects int, title, per string) error {
	reads, writes, counts, err := b.requests(offset)
	if err != nil {
		return err
	}
	b.figures.add("writes"+per, float64(writes)/float64(objects))
	b.figures.add("reads"+per, float64(reads)/float64(objects))
	fmt.Printf("  %s: %d writes and %d reads; each %.2f and %.2f\n",
		title, writes, reads, float64(writes)/float64(objects), float64(reads)/float64(objects))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("    %-40s %8d %8.2f\n", name, counts[name], float64(counts[name])/float64(objects))
	}
	return nil
}

// requests counts the operator's requests since the offset in the audit log, in total and by verb and
// resource. Discovery and watches are not counted.
func (b *bench) requests(offset int64) (reads, writes int, counts map[string]int, err error) {
	all, err := audit.Read(b.cluster.AuditLog(), offset)
	if err != nil {
		return 0, 0, nil, err
	}
	counts = map[string]int{}
	for _, r := range all {
		switch {
		case r.Resource() == "" || r.Verb == "watch":
			continue
		case r.IsWrite():
			writes++
		default:
			reads++
		}
		counts[r.Verb+" "+r.Resource()]++
	}
	return reads, writes, counts, nil
}

// showProcess prints the CPU time and the peak memory of the manager's process since its start, and keeps them under
// the name, unless it is "".
func (b *bench) showProcess(title, name string) error {
	pid, err := b.cluster.ManagerPID()
	if err != nil {
		return err
	}
	cpu, err := cpuSeconds(pid)
	if err != nil {
		return err
	}
	memory, err := memoryOf(pid, "VmHWM")
	if err != nil {
		return err
	}
	file, err := memoryOf(pid, "RssFile")
	if err != nil {
		return err
	}
	fmt.Printf("  manager %s: CPU time %.1f s, peak memory %.0f MB, of which %.0f MB are pages of the program's file\n", title, cpu, memory, file)
	if name != "" {
		b.figures.add("CPU-s/"+name, cpu)
		b.figures.add("peak-MB/"+name, memory)
	}
	return nil
}

// cpuSeconds returns the user and system CPU time of a process in seconds.
//
// Source: proc_pid_stat(5), fields 14 and 15.
func cpuSeconds(pid int) (float64, error) {
	const ticksPerSecond = 100 // USER_HZ is fixed
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	_, fieldsFrom3, _ := strings.Cut(string(stat), ") ") // field 2, the name, may contain spaces
	ticks := 0
	for _, field := range strings.Fields(fieldsFrom3)[11:13] {
		n, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	return float64(ticks) / ticksPerSecond, nil
}

// memoryOf returns a size in the status of a process in MB, such as VmHWM, the peak of its resident set.
//
// Source: proc_pid_status(5), in units of 1,024 bytes.
func memoryOf(pid int, name string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for _, line := range strings.Split(string(status), "\n") {
		if value, found := strings.CutPrefix(line, name+":"); found {
			kilobytes, err := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(value), " kB"), 64)
			return kilobytes * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("no %s in the status of process %d", name, pid)
}

// pause waits for d, or until ctx ends.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
