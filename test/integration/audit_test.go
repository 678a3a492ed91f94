package integration

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A request is what the API server's audit log says of one of the operator's.
type request struct {
	Verb      string
	ObjectRef struct{ Namespace, Resource, Subresource, Name string }
	Status    struct {
		Code int
	} `json:"responseStatus"`
	Annotations map[string]string
}

func (r request) String() string {
	return strings.TrimSuffix(r.Verb+" "+r.ObjectRef.Resource+"/"+r.ObjectRef.Subresource, "/") + " " + r.ObjectRef.Name
}

// isWrite tells whether the request is one that changes something.
func (r request) isWrite() bool { return r.Verb != "get" && r.Verb != "list" && r.Verb != "watch" }

// requests are the operator's up to now.
func requests() ([]request, error) {
	file, err := os.Open(shared.AuditLog())
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var all []request
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r request
		if json.Unmarshal(lines.Bytes(), &r) != nil {
			break // the last line, half written
		}
		all = append(all, r)
	}
	return all, lines.Err()
}

// writes are the operator's in the namespace up to now, without events.
func (k kubectl) writes(t *testing.T) []string {
	t.Helper()
	all, err := requests()
	require.NoError(t, err)
	var writes []string
	for _, r := range all {
		if r.isWrite() && r.ObjectRef.Namespace == k.namespace && r.ObjectRef.Resource != "events" {
			writes = append(writes, r.String())
		}
	}
	return writes
}

// atRest waits until the operator writes nothing in the namespace any more, and
// returns what it has written.
func (k kubectl) atRest(t *testing.T) []string {
	t.Helper()
	var writes []string
	since := time.Now()
	require.Eventually(t, func() bool {
		now := k.writes(t)
		if len(now) != len(writes) {
			writes, since = now, time.Now()
		}
		return time.Since(since) > 3*time.Second
	}, patience, tick)
	return writes
}

// forbidden are the requests that the operator had no right to. One that was
// allowed another time is none: just after its start, the API server does not know
// all roles yet.
func forbidden() ([]string, error) {
	all, err := requests()
	if err != nil {
		return nil, err
	}
	decided := map[string]map[string]bool{"allow": {}, "forbid": {}}
	for _, r := range all {
		right := r.Verb + " " + r.ObjectRef.Resource + "/" + r.ObjectRef.Subresource
		if decision, found := decided[r.Annotations["authorization.k8s.io/decision"]]; found {
			decision[right] = true
		}
	}
	var missing []string
	for right := range decided["forbid"] {
		if !decided["allow"][right] {
			missing = append(missing, right)
		}
	}
	return missing, nil
}
