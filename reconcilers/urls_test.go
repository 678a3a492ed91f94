// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// What is no URL is refused without any part of it.
func TestExplainURL(t *testing.T) {
	t.Parallel()
	const unreadable = `has a URL in the key "url" whose server cannot be told; escape special characters of the password, such as %2F for /`
	for name, tc := range map[string]struct {
		kind  urlKind
		value string
		want  string
	}{
		"usual":               {databaseURL, "postgresql://u:hunter2@db:5432/chats", ""},
		"short":               {databaseURL, "postgres://u:hunter2@db/chats?sslmode=require", ""},
		"with a driver":       {databaseURL, "postgresql+asyncpg://u:hunter2@db/chats", ""},
		"no parsable URL":     {databaseURL, "postgresql://u:hun#ter/2@db/chats", unreadable},
		"a slash in it":       {databaseURL, "postgresql://u:12/hunter2@db/chats", unreadable},
		"of Redis":            {redisURL, "redis://:12/hunter2@redis", unreadable},
		"another in it":       {redisURL, "redis://:hun@ter2@redis", ""},
		"user as parameter":   {databaseURL, "postgresql://db/chats?user=me@server", ""},
		"host as parameter":   {databaseURL, "postgresql://u:hunter2@/chats?host=db", ""},
		"another database":    {databaseURL, "mysql://u:hunter2@db/chats", `has no URL of PostgreSQL in the key "url", which has to begin with "postgresql://"`},
		"of JDBC":             {databaseURL, "jdbc:postgresql://db/chats?password=hunter2", `has no URL of PostgreSQL in the key "url", which has to begin with "postgresql://"`},
		"a host":              {databaseURL, "hunter2", `has no URL of PostgreSQL in the key "url", which has to begin with "postgresql://"`},
		"nothing but this":    {databaseURL, "postgresql://", `has no URL of PostgreSQL in the key "url", which has to begin with "postgresql://"`},
		"end of a line":       {databaseURL, "postgresql://u:hunter2@db/chats\n", `has white space before or after the URL in the key "url"`},
		"empty":               {databaseURL, "", `has nothing in the key "url"`},
		"Redis":               {redisURL, "redis://:hunter2@redis:6379/0", ""},
		"Redis with TLS":      {redisURL, "rediss://:hunter2@redis:6379/0", ""},
		"no Redis":            {redisURL, "http://:hunter2@redis", `has no URL of Redis in the key "url", which has to begin with "redis://"`},
		"PostgreSQL of Redis": {redisURL, "postgresql://u:hunter2@db", `has no URL of Redis in the key "url", which has to begin with "redis://"`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, tc.want, tc.kind.explain("url", tc.value, true))
		})
	}
	assert.Equal(t, `has no key "uri"`, databaseURL.explain("uri", "", false))
}

// The hash of a database is that of its server and name.
func TestDatabaseHash(t *testing.T) {
	t.Parallel()
	const first = "postgresql://u:a@db:5432/chats"
	for text, same := range map[string]bool{
		"postgres://u:b@db:5432/chats":                 true,
		"postgresql+asyncpg://v@DB/chats?sslmode=none": true,
		"postgresql://u:a@db:5433/chats":               false,
		"postgresql://u:a@other:5432/chats":            false,
		"postgresql://u:a@db:5432/other":               false,
		"postgresql://u:#a@db:5432/chats":              false,
	} {
		assert.Equal(t, same, databaseHash(first) == databaseHash(text), text)
	}
	assert.Equal(t, databaseHash("postgresql://u:#a@db/chats"), databaseHash("postgresql://u:#b@other/chats"), "cannot be parsed")
}

// Passwords cannot be guessed from a hash without the key.
func TestURLHash(t *testing.T) {
	t.Parallel()
	assert.NotEqual(t, urlHash([]byte("a"), "url"), urlHash([]byte("b"), "url"))
	assert.NotEqual(t, urlHash([]byte("a"), "url"), urlHash([]byte("a"), "other"))
	assert.Empty(t, urlHash(nil, "url"))
}

const forMany = `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, replicas: 3, imageTag: v1,
	database: {urlSecretRef: {name: chats}}, redis: {urlSecretRef: {name: redis, key: r}}}}`

// newMany returns an object for many.
func newMany(t *testing.T) *referring {
	t.Helper()
	return newTrimmed(t, forMany)
}

// webUI returns the Deployment of Open WebUI.
func (r *referring) webUI() *appsv1.Deployment {
	r.t.Helper()
	deployment := &appsv1.Deployment{}
	require.NoError(r.t, r.Get(r.t.Context(), client.ObjectKey{Namespace: "ns", Name: "a-openwebui"}, deployment))
	return deployment
}

// store creates or replaces a Secret with one key.
func (r *referring) store(name, key, value string) {
	r.t.Helper()
	secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: name}, Data: map[string][]byte{key: []byte(value)}}
	if err := r.Create(r.t.Context(), secret); apierrors.IsAlreadyExists(err) {
		require.NoError(r.t, r.Update(r.t.Context(), secret))
	} else {
		require.NoError(r.t, err)
	}
}

// settle reports that one pod is ready.
func (r *referring) settle() {
	r.t.Helper()
	deployment := r.webUI()
	deployment.Status = onePod(func(*appsv1.DeploymentStatus) {})
	if *deployment.Spec.Replicas == 0 {
		deployment.Status = appsv1.DeploymentStatus{}
	}
	deployment.Status.ObservedGeneration = deployment.Generation
	require.NoError(r.t, r.Status().Update(r.t.Context(), deployment))
}

// stop has the pods stopped. To the fake API server the status is applied, too, so that it is learned anew what
// is stored of the configuration.
func (r *referring) stop() {
	r.t.Helper()
	r.settle()
	r.reconcile("")
	r.reconcile("")
}

// A Secret that cannot be used leaves Open WebUI as it is, and the other components go on. Nothing of it is told.
func TestURLSecrets(t *testing.T) {
	t.Parallel()
	r := newMany(t)
	retry, why := r.reconcile(v1alpha1.ReasonDatabaseNotUsable)
	assert.Equal(t, `Secret "chats" of spec.openwebui.database.urlSecretRef does not exist; Secret "redis" of spec.openwebui.redis.urlSecretRef does not exist`, why)
	assert.Equal(t, conflictRetry, retry)
	assert.Equal(t, `deployments.apps "a-openwebui" not found`, r.annotation(v1alpha1.ComponentOpenWebUI, databaseAnnotation))
	assert.Empty(t, r.annotation(v1alpha1.ComponentOllama, databaseAnnotation))

	r.store("redis", "r", "redis://:hunter2@redis")
	r.store("chats", "uri", "postgresql://u:hunter2@db/chats")
	_, why = r.reconcile(v1alpha1.ReasonDatabaseNotUsable)
	assert.Equal(t, `Secret "chats" of spec.openwebui.database.urlSecretRef has no key "url"`, why)

	r.store("chats", "url", "postgresql://u:hunter2@db/chats")
	retry, why = r.reconcile(v1alpha1.ReasonDatabaseNotUsable)
	assert.Empty(t, why)
	assert.LessOrEqual(t, retry, referencesInterval)
	database, redis := r.annotation(v1alpha1.ComponentOpenWebUI, databaseAnnotation), r.annotation(v1alpha1.ComponentOpenWebUI, redisAnnotation)
	assert.Len(t, database, 16)
	assert.Len(t, redis, 16)
	r.settle()
	r.reconcile("")

	r.store("redis", "r", "hunter2")
	_, why = r.reconcile(v1alpha1.ReasonRedisNotUsable)
	assert.Equal(t, `Secret "redis" of spec.openwebui.redis.urlSecretRef has no URL of Redis in the key "r", which has to begin with "redis://"`, why)
	assert.Equal(t, redis, r.annotation(v1alpha1.ComponentOpenWebUI, redisAnnotation))

	// Another password rolls the pods; another database is migrated by one of them.
	r.store("redis", "r", "redis://:hunter3@redis")
	r.store("chats", "url", "postgresql://u:hunter3@db/chats")
	_, why = r.reconcile(v1alpha1.ReasonRedisNotUsable)
	assert.Empty(t, why)
	assert.NotEqual(t, redis, r.annotation(v1alpha1.ComponentOpenWebUI, redisAnnotation))
	assert.NotEqual(t, database, r.annotation(v1alpha1.ComponentOpenWebUI, databaseAnnotation))
	assert.Equal(t, int32(3), *r.webUI().Spec.Replicas)
	r.store("chats", "url", "postgresql://u:hunter3@db/other")
	r.reconcile("")
	assert.Equal(t, int32(0), *r.webUI().Spec.Replicas)
	assert.NotContains(t, fmt.Sprint(r.webUI()), "hunter")
}

// stageOf describes what is applied of Open WebUI's Deployment.
func (r *referring) stageOf() string {
	deployment := r.webUI()
	return fmt.Sprintf("%d %s %s %s", *deployment.Spec.Replicas, deployment.Spec.Strategy.Type,
		deployment.Spec.Template.Spec.Containers[0].Image[len("ghcr.io/open-webui/open-webui:"):], deployment.Annotations[migratedAnnotation])
}

// One pod starts first, and alone after a change of the image. A conflict changes nothing of that.
func TestStagedChange(t *testing.T) {
	t.Parallel()
	r := newMany(t)
	r.store("redis", "r", "redis://redis")
	r.store("chats", "url", "postgresql://db/chats")
	known := " " + databaseHash("postgresql://db/chats")
	version := func(tag string) string { return "ghcr.io/open-webui/open-webui:" + tag + known }

	r.reconcile("")
	assert.Equal(t, "1 Recreate v1 ", r.stageOf())
	r.reconcile("")
	assert.Equal(t, "1 Recreate v1 ", r.stageOf(), "not ready")
	r.settle()
	r.reconcile("")
	assert.Equal(t, "3 RollingUpdate v1 "+version("v1"), r.stageOf())
	r.settle()
	r.reconcile("")
	assert.Equal(t, "3 RollingUpdate v1 "+version("v1"), r.stageOf(), "at rest")

	r.change(func(d *v1alpha1.OllamaDeployment) {
		d.Spec.OpenWebUI.EnvVars = []corev1.EnvVar{{Name: "A", Value: "b"}}
	})
	r.reconcile("")
	assert.Equal(t, "3 RollingUpdate v1 "+version("v1"), r.stageOf(), "another template")

	r.change(func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.ImageTag = new("v2") })
	r.reconcile("")
	assert.Equal(t, "0 RollingUpdate v2 ", r.stageOf())
	r.reconcile("")
	assert.Equal(t, "0 RollingUpdate v2 ", r.stageOf(), "not stopped yet")
	r.stop()
	assert.Equal(t, "1 Recreate v2 ", r.stageOf())
	r.change(func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.Replicas = new(int32(4)) })
	r.reconcile("")
	assert.Equal(t, "1 Recreate v2 ", r.stageOf(), "more replicas wait")
	r.change(func(d *v1alpha1.OllamaDeployment) { d.Spec.OpenWebUI.ImageTag = new("v1") })
	r.reconcile("")
	assert.Equal(t, "0 RollingUpdate v1 ", r.stageOf(), "the earlier image may find a changed database")
	r.stop()
	assert.Equal(t, "1 Recreate v1 ", r.stageOf())

	r.change(func(d *v1alpha1.OllamaDeployment) {
		d.Spec.OpenWebUI.Database, d.Spec.OpenWebUI.ImageTag = nil, new("v2")
	})
	r.reconcile("")
	assert.Equal(t, "4 RollingUpdate v2 ", r.stageOf(), "without a database nothing is staged")
}

// change updates the stored object.
func (r *referring) change(do func(*v1alpha1.OllamaDeployment)) {
	r.t.Helper()
	live := &v1alpha1.OllamaDeployment{}
	require.NoError(r.t, r.Get(r.t.Context(), client.ObjectKeyFromObject(r.object), live))
	do(live)
	require.NoError(r.t, r.Update(r.t.Context(), live))
	r.object.Generation++
}

// If the write is refused that lets the others start, it is tried again.
func TestStagedChangeConflict(t *testing.T) {
	t.Parallel()
	r := newMany(t)
	r.store("redis", "r", "redis://redis")
	r.store("chats", "url", "postgresql://db/chats")
	r.reconcile("")
	r.settle()

	failing := true
	cluster, ok := r.reconciler.Client.(client.WithWatch)
	require.True(t, ok)
	r.reconciler.Client = interceptor.NewClient(cluster, interceptor.Funcs{
		Patch: func(ctx context.Context, c client.WithWatch, object client.Object, patch client.Patch, opts ...client.PatchOption) error {
			if _, isDeployment := object.(*appsv1.Deployment); isDeployment && failing {
				return apierrors.NewConflict(schema.GroupResource{Resource: "deployments"}, object.GetName(), errors.New("changed"))
			}
			return c.Patch(ctx, object, patch, opts...)
		},
	})
	retry, _ := r.reconcile("")
	assert.Equal(t, "1 Recreate v1 ", r.stageOf())
	assert.Less(t, retry, time.Minute)
	failing = false
	r.reconcile("")
	assert.Contains(t, r.stageOf(), "3 RollingUpdate v1 ghcr.io")
}

// What is known of a component remains while its database cannot be read: whether one pod is migrating it may be
// recognized only by that.
func TestMutationsOutliveUnreadSecrets(t *testing.T) {
	t.Parallel()
	r := newReferring(t, `{ollama: {models: ["llama2:7b"]}, openwebui: {enabled: true, database: {urlSecretRef: {name: chats}}}}`)
	tracked := r.reconciler.tracker.of(r.object)
	key, gone := childKey{render.KindDeployment, "a-openwebui"}, childKey{render.KindDeployment, "a-tabby"}
	tracked.mutated = map[childKey]mutation{key: {"uid", "applied", "stored"}, gone: {"uid", "applied", "stored"}}
	_, message := r.reconcile("DatabaseNotUsable")
	assert.Contains(t, message, "chats")
	assert.Contains(t, tracked.mutated, key)
	assert.NotContains(t, tracked.mutated, gone)
}
