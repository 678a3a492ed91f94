// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package plan

import (
	"bytes"
	"cmp"
	"reflect"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	"k8s.io/utils/ptr"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/internal/render"
)

// components returns the components with an effect on pods.
func (u *update) components() ([]Component, error) {
	var out []Component
	for _, name := range v1alpha1.ComponentNames() {
		one, err := u.component(name)
		if err != nil {
			return nil, err
		}
		if one.Effect != "" {
			out = append(out, one)
		}
	}
	return out, u.explain(out)
}

// component returns what happens to the pods of a component. It has no effect if nothing does.
func (u *update) component(name v1alpha1.ComponentName) (Component, error) {
	key := childKey{render.KindDeployment, v1alpha1.ChildName(u.name(), name)}
	out := Component{Name: name, ReplicasBefore: u.replicas(u.before, key), ReplicasAfter: u.replicas(u.after, key)}
	before, existed := u.before.find(key)
	after, wanted := u.after.find(key)
	switch {
	case !existed && !wanted:
	case !existed:
		out.Effect = Starts
	case !wanted:
		out.Effect = Stops
	default:
		differences, err := templateDifferences(before, after)
		if err != nil {
			return out, err
		}
		out.Differences = differences
		if len(differences) > 0 {
			out.Effect = Restarts
		} else if out.ReplicasBefore != out.ReplicasAfter {
			out.Effect = Scales
		}
	}
	out.Downtime = u.downtime(out)
	return out, nil
}

// replicas returns the desired pods of a Deployment, 0 if it is not among the children. Those that are not applied
// are an autoscaler's.
func (u *update) replicas(of children, key childKey) int32 {
	config := of.deployment(key.name)
	switch {
	case config == nil || config.Spec == nil:
		return 0
	case config.Spec.Replicas != nil:
		return *config.Spec.Replicas
	default:
		return ptr.Deref(u.live[key].Replicas, 0)
	}
}

// templateDifferences returns the paths of what differs in the pod templates of two Deployments.
func templateDifferences(before, after child) ([]string, error) {
	if bytes.Equal(before.data, after.data) {
		return nil, nil
	}
	was, err := before.tree()
	if err != nil {
		return nil, err
	}
	is, err := after.tree()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, c := range differences(templateOf(was), templateOf(is)) {
		path := cmp.Or(join(c.path), "template")
		path = strings.TrimPrefix(strings.TrimPrefix(path, "metadata."), "spec.")
		out = append(out, path)
	}
	return out, nil
}

func templateOf(deployment map[string]any) any {
	spec, _ := deployment["spec"].(map[string]any)
	return spec["template"]
}

// downtime returns why no pod of the component serves meanwhile, "" if pods serve all the time.
func (u *update) downtime(c Component) string {
	switch {
	case c.ReplicasBefore == 0:
		return ""
	case c.Effect == Stops && u.New == nil:
		return "the object is deleted"
	case c.Effect == Stops:
		return "it is no longer enabled"
	case c.Effect != Restarts:
		return ""
	}
	if why := u.migration(c.Name); why != "" {
		return why
	}
	config := u.after.deployment(v1alpha1.ChildName(u.name(), c.Name))
	component, _ := u.New.Spec.Component(c.Name)
	switch {
	case isRecreate(config) && component.SharesClaim():
		return "old and new pods must not use the database in its volume at the same time"
	case isRecreate(config):
		return "its volume can be used by one pod at a time"
	case !surges(config) && c.ReplicasAfter <= 1:
		return "its device is needed by the new pod"
	default:
		return ""
	}
}

// migration returns why all pods stop before a database is migrated, "" if none is.
func (u *update) migration(name v1alpha1.ComponentName) string {
	component, _ := u.New.Spec.Component(name)
	before, after := u.container(u.before, name), u.container(u.after, name)
	if component.Database() == nil || before == nil || after == nil {
		return ""
	}
	switch {
	case ptr.Deref(before.Image, "") != ptr.Deref(after.Image, ""):
		return "one pod alone migrates the database"
	case !reflect.DeepEqual(databaseOf(before), databaseOf(after)):
		return "one pod alone migrates the database, if it is another one"
	default:
		return ""
	}
}

func isRecreate(config *applyappsv1.DeploymentApplyConfiguration) bool {
	strategy := config.Spec.Strategy
	return strategy != nil && ptr.Deref(strategy.Type, "") == appsv1.RecreateDeploymentStrategyType
}

// surges reports whether a new pod starts before an old one stops.
func surges(config *applyappsv1.DeploymentApplyConfiguration) bool {
	strategy := config.Spec.Strategy
	return strategy == nil || strategy.RollingUpdate == nil || strategy.RollingUpdate.MaxSurge == nil ||
		strategy.RollingUpdate.MaxSurge.IntValue() > 0
}
