// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"net/http"
	"strings"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/cache"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/apimachinery/pkg/util/wait"
	authenticationclient "k8s.io/client-go/kubernetes/typed/authentication/v1"
	authorizationclient "k8s.io/client-go/kubernetes/typed/authorization/v1"
	"k8s.io/client-go/rest"
)

// How long the API server may take to answer, how many answers are remembered, each for a token, a verb and a path, and
// how many bytes a token may have.
const (
	reviewTimeout = 10 * time.Second // of controller-runtime, pkg/metrics/filters/filters.go
	maxAnswers    = 1000
	maxToken      = 16 << 10
)

// answerTTL says how long an answer is remembered, by its status code.
//
// Source: controller-runtime, pkg/metrics/filters/filters.go, which remembers for five minutes that a token is
// authorized, and for one whose it is.
var answerTTL = map[int]time.Duration{
	http.StatusOK:           time.Minute,
	http.StatusForbidden:    30 * time.Second,
	http.StatusUnauthorized: 5 * time.Second, // the API server says the same while it cannot ask whoever knows the token
}

// Source: controller-runtime, pkg/metrics/filters/filters.go.
var reviewBackoff = wait.Backoff{Duration: 500 * time.Millisecond, Factor: 1.5, Jitter: 0.2, Steps: 5}

// A reviewer asks the API server whose bearer token a request has, and whether they may make it.
type reviewer struct {
	tokens  authenticationclient.TokenReviewInterface
	access  authorizationclient.SubjectAccessReviewInterface
	answers *cache.LRUExpireCache
}

func newReviewer(config *rest.Config, client *http.Client) (*reviewer, error) {
	tokens, err := authenticationclient.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("making a client of token reviews: %w", err)
	}
	access, err := authorizationclient.NewForConfigAndClient(config, client)
	if err != nil {
		return nil, fmt.Errorf("making a client of subject access reviews: %w", err)
	}
	return &reviewer{tokens.TokenReviews(), access.SubjectAccessReviews(), cache.NewLRUExpireCache(maxAnswers)}, nil
}

// review returns the status code that the request deserves: 200, 401 without a valid bearer token, and 403 if its owner
// may not make the request. If the API server cannot be asked, it returns 500 and why, which is not remembered.
func (r *reviewer) review(request *http.Request) (int, error) {
	token := bearerToken(request)
	if token == "" {
		return http.StatusUnauthorized, nil
	}
	verb, path := strings.ToLower(request.Method), request.URL.Path
	key := sha256.Sum256([]byte(token + "\x00" + verb + "\x00" + path))
	if code, found := r.answers.Get(key); found {
		return code.(int), nil
	}
	// The answer is remembered also for a client that has left: a scrape with a short timeout would otherwise never succeed.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(request.Context()), reviewTimeout)
	defer cancel()
	code, err := r.ask(ctx, token, verb, path)
	if err != nil {
		return http.StatusInternalServerError, err
	}
	r.answers.Add(key, code, answerTTL[code])
	return code, nil
}

// bearerToken returns the bearer token of a request, "" if it has none that can be valid.
func bearerToken(request *http.Request) string {
	scheme, token, _ := strings.Cut(strings.TrimSpace(request.Header.Get("Authorization")), " ")
	if !strings.EqualFold(scheme, "bearer") || len(token) > maxToken {
		return ""
	}
	return strings.TrimSpace(token)
}

// ask asks the API server.
func (r *reviewer) ask(ctx context.Context, token, verb, path string) (int, error) {
	who, err := create(ctx, r.tokens.Create, &authenticationv1.TokenReview{Spec: authenticationv1.TokenReviewSpec{Token: token}})
	switch {
	case err != nil:
		return 0, fmt.Errorf("reviewing a token: %w", err)
	case !who.Status.Authenticated:
		return http.StatusUnauthorized, nil
	}
	user := who.Status.User
	extra := make(map[string]authorizationv1.ExtraValue, len(user.Extra))
	for name, values := range user.Extra {
		extra[name] = authorizationv1.ExtraValue(values)
	}
	may, err := create(ctx, r.access.Create, &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
		User: user.Username, UID: user.UID, Groups: user.Groups, Extra: extra,
		NonResourceAttributes: &authorizationv1.NonResourceAttributes{Path: path, Verb: verb},
	}})
	switch {
	case err != nil:
		return 0, fmt.Errorf("reviewing access: %w", err)
	case may.Status.Denied || !may.Status.Allowed:
		return http.StatusForbidden, nil
	}
	return http.StatusOK, nil
}

// create makes a review, again while that may help. The error is that of the last attempt.
func create[T any](ctx context.Context, do func(context.Context, T, metav1.CreateOptions) (T, error), review T) (answer T, err error) {
	ended := wait.ExponentialBackoffWithContext(ctx, reviewBackoff, func(ctx context.Context) (bool, error) {
		answer, err = do(ctx, review, metav1.CreateOptions{})
		return err == nil || !isTransient(err), nil
	})
	return answer, cmp.Or(err, ended)
}

// isTransient reports whether a review that failed may be made again.
//
// Source: k8s.io/apiserver, pkg/util/webhook/webhook.go (DefaultShouldRetry).
func isTransient(err error) bool {
	_, delayed := apierrors.SuggestsClientDelay(err)
	return delayed || utilnet.IsConnectionReset(err) || utilnet.IsHTTP2ConnectionLost(err) ||
		apierrors.IsInternalError(err) || apierrors.IsTimeout(err) || apierrors.IsTooManyRequests(err)
}
