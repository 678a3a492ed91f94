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

// quiet is how long without a request counts as rest.
const quiet = 5 * time.Second

// report prints what the operator has asked for and needed, and what it does once
// all is done: at rest, after a restart, and after children's statuses change.
func (b *bench) report(ctx context.Context, o options) error {
	if err := b.settle(ctx, o, 0, o.objects); err != nil {
		return err
	}
	if err := b.show(0, o.objects, "creating"); err != nil {
		return err
	}
	if err := b.showProcess("creating"); err != nil {
		return err
	}
	mark, err := b.mark()
	if err != nil {
		return err
	}
	if err := pause(ctx, o.rest); err != nil {
		return err
	}
	if err := b.show(mark, o.objects, "at rest for "+o.rest.String()); err != nil {
		return err
	}
	if err := b.afterStatusChange(ctx, o); err != nil {
		return err
	}
	if err := b.showProcess("creating, resting and status changes"); err != nil {
		return err
	}
	return b.afterRestart(ctx, o)
}

// afterStatusChange changes the status of one Deployment of each tenth object.
func (b *bench) afterStatusChange(ctx context.Context, o options) error {
	mark, err := b.mark()
	if err != nil {
		return err
	}
	touched := 0
	for i := 0; i < o.objects; i += 10 {
		deployment := &appsv1.Deployment{}
		key := client.ObjectKey{Namespace: namespace, Name: object(i).Name + "-ollama"}
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
	if err := b.settle(ctx, o, mark, touched); err != nil {
		return err
	}
	return b.show(mark, touched, fmt.Sprintf("after a change of %d Deployments' statuses", touched))
}

// afterRestart starts the operator anew: it lists and reconciles every object, as a
// resync does, and needs the memory of all at once.
func (b *bench) afterRestart(ctx context.Context, o options) error {
	if err := b.cluster.StopManager(); err != nil {
		return err
	}
	mark, err := b.mark()
	if err != nil {
		return err
	}
	if err := b.cluster.StartManager(); err != nil {
		return err
	}
	if err := b.settle(ctx, o, mark, o.objects); err != nil {
		return err
	}
	if err := b.show(mark, o.objects, "after a restart, which reconciles every object"); err != nil {
		return err
	}
	return b.showProcess("the restart")
}

// settle waits until the operator has asked for something of each of the objects since
// the mark, and then for nothing for a while. It is quiet as well while it fills its
// cache.
func (b *bench) settle(ctx context.Context, o options, mark int64, objects int) error {
	last, since := int64(-1), time.Now()
	return wait.PollUntilContextTimeout(ctx, 500*time.Millisecond, o.timeout, true, func(context.Context) (bool, error) {
		size, err := b.mark()
		if size != last {
			last, since = size, time.Now()
		}
		if err != nil || time.Since(since) < quiet {
			return false, err
		}
		reads, writes, _, err := b.requests(mark)
		return reads+writes >= objects, err
	})
}

// mark is a place in the audit log: what follows came later.
func (b *bench) mark() (int64, error) {
	info, err := os.Stat(b.cluster.AuditLog())
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

// show prints the operator's requests since the mark, by verb and resource.
func (b *bench) show(mark int64, objects int, title string) error {
	reads, writes, counts, err := b.requests(mark)
	if err != nil {
		return err
	}
	fmt.Printf("  %s: %d writes and %d reads; per object %.2f and %.2f\n",
		title, writes, reads, float64(writes)/float64(objects), float64(reads)/float64(objects))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		fmt.Printf("    %-40s %8d %8.2f\n", name, counts[name], float64(counts[name])/float64(objects))
	}
	return nil
}

// requests counts the operator's requests since the mark, in all and by verb and
// resource.
func (b *bench) requests(mark int64) (reads, writes int, counts map[string]int, err error) {
	all, err := audit.Read(b.cluster.AuditLog(), mark)
	if err != nil {
		return 0, 0, nil, err
	}
	counts = map[string]int{}
	for _, r := range all {
		switch {
		case r.Resource() == "" || r.Verb == "watch": // discovery, and what lasts
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

// showProcess prints what the operator's process has needed since its start.
func (b *bench) showProcess(title string) error {
	pid, err := b.cluster.ManagerPID()
	if err != nil {
		return err
	}
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return err
	}
	_, after, _ := strings.Cut(string(stat), ") ") // the name before may hold spaces
	fields := strings.Fields(after)
	ticks := 0
	for _, field := range fields[11:13] { // user and system time
		n, err := strconv.Atoi(field)
		if err != nil {
			return err
		}
		ticks += n
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return err
	}
	peak := ""
	for _, line := range strings.Split(string(status), "\n") {
		if value, found := strings.CutPrefix(line, "VmHWM:"); found {
			peak = strings.TrimSpace(value)
		}
	}
	const ticksPerSecond = 100 // fixed in Linux's interface
	fmt.Printf("  the operator's process, %s: %.1f s of CPU, %s at its peak\n", title, float64(ticks)/ticksPerSecond, peak)
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
