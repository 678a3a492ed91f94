// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import "time"

// A refusal is a request that the API server refused.
type refusal struct {
	// attempt identifies the request and the state of the child that it was based on.
	attempt string
	err     error
	times   int
	until   time.Time
}

// Pauses after a request that the API server will refuse again.
const (
	firstPause   = 15 * time.Second
	longestPause = 5 * time.Minute
)

// refusedLately returns the error of the same attempt until it may be retried, and nil after that.
func (t *trackedObject) refusedLately(key childKey, attempt string, now time.Time) error {
	t.visit(key)
	if last, found := t.refused[key]; found && last.attempt == attempt && now.Before(last.until) {
		return last.err
	}
	return nil
}

// noteRefused records a refusal. Each consecutive refusal of the same attempt doubles the pause.
func (t *trackedObject) noteRefused(key childKey, attempt string, err error, now time.Time) {
	times := 1
	if last, found := t.refused[key]; found && last.attempt == attempt {
		times = last.times + 1
	}
	noteChild(&t.refused, key, refusal{attempt, err, times, now.Add(pause(times))})
}

// pause returns how long to wait before retrying a request that was refused that many times.
func pause(times int) time.Duration {
	p := firstPause
	for range times - 1 {
		if p *= 2; p >= longestPause {
			return longestPause
		}
	}
	return p
}

// untilRetry returns the time until the first refused request may be retried, zero if there is
// none.
func (t *trackedObject) untilRetry(now time.Time) time.Duration {
	var soonest time.Duration
	for _, one := range t.refused {
		soonest = sooner(soonest, max(one.until.Sub(now), time.Second))
	}
	return soonest
}
