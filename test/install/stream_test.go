// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package install

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// A stream sends dry-run creates, which pass both webhooks, continuously.
type stream struct {
	cancel context.CancelFunc
	done   sync.WaitGroup

	mutex   sync.Mutex
	sent    int
	failed  []string
	slowest time.Duration
}

// pause is the time between two requests of a worker.
const pause = 20 * time.Millisecond

// startStream sends requests with three workers until the stream is stopped or the test ends.
func (i *installation) startStream(t *testing.T) *stream {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &stream{cancel: cancel}
	t.Cleanup(cancel)
	for worker := range 3 {
		s.done.Go(func() {
			for ctx.Err() == nil {
				s.send(ctx, i.client, fmt.Sprintf("stream-%d", worker))
			}
		})
	}
	return s
}

func (s *stream) send(ctx context.Context, c client.Client, name string) {
	d := &v1alpha1.OllamaDeployment{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: name},
		Spec:       v1alpha1.OllamaDeploymentSpec{Ollama: v1alpha1.OllamaSpec{Models: []v1alpha1.OllamaModel{"llama2:7b"}}},
	}
	begin := time.Now()
	err := c.Create(context.WithoutCancel(ctx), d, client.DryRunAll)
	s.mutex.Lock()
	s.sent++
	s.slowest = max(s.slowest, time.Since(begin))
	if err != nil {
		s.failed = append(s.failed, fmt.Sprintf("%s: %v", begin.Format(time.TimeOnly), err))
	}
	s.mutex.Unlock()
	select {
	case <-ctx.Done():
	case <-time.After(pause):
	}
}

// stop stops the stream and returns the number of requests and the errors of those that failed.
func (s *stream) stop() (sent int, failed []string) {
	s.cancel()
	s.done.Wait()
	return s.sent, s.failed
}
