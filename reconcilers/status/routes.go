// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package status

import (
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
)

// routeConditions are the conditions by which a Gateway says whether it has taken up a route.
//
// Source: gateway-api v1.6, apis/v1/shared_types.go (RouteParentStatus).
var routeConditions = []string{string(gatewayv1.RouteConditionAccepted), string(gatewayv1.RouteConditionResolvedRefs)}

// IsOfRoute reports whether the status reads a condition of a route.
func IsOfRoute(c metav1.Condition) bool { return slices.Contains(routeConditions, c.Type) }

// routesCondition returns the condition of the routes, nil if no component has one.
func routesCondition(d *v1alpha1.OllamaDeployment, seen Observed) *metav1.Condition {
	var routes routesState
	for _, c := range d.Spec.EnabledComponents() {
		if c.Route() != nil {
			routes.add(d, c, seen.Entrances[c.Name].Route)
		}
	}
	var is metav1.Condition
	switch {
	case routes.count == 0:
		return nil
	case seen.NoGatewayAPI:
		is = condition(v1alpha1.ConditionRoutesAccepted, metav1.ConditionFalse, v1alpha1.ReasonGatewayAPIMissing,
			"the cluster does not have HTTPRoutes of "+gatewayv1.GroupVersion.String()+"; install the Gateway API")
	case len(routes.rejected) > 0:
		is = condition(v1alpha1.ConditionRoutesAccepted, metav1.ConditionFalse, routes.reason, strings.Join(append(routes.rejected, routes.waiting...), "; "))
	case len(routes.waiting) > 0:
		is = condition(v1alpha1.ConditionRoutesAccepted, metav1.ConditionUnknown, v1alpha1.ReasonWaitingForGateway, strings.Join(routes.waiting, "; "))
	default:
		is = condition(v1alpha1.ConditionRoutesAccepted, metav1.ConditionTrue, v1alpha1.ReasonRoutesAccepted, "all parents have accepted the routes")
	}
	return &is
}

// A routesState collects what the parents of all routes say.
type routesState struct {
	count             int
	rejected, waiting []string
	// reason is that of the first rejection.
	reason string
}

// add adds the route of a component, nil if it is not applied yet.
func (r *routesState) add(d *v1alpha1.OllamaDeployment, c v1alpha1.Component, route *gatewayv1.HTTPRoute) {
	r.count++
	if route == nil {
		r.waiting = append(r.waiting, fmt.Sprintf("%s: the HTTPRoute is not applied yet", c.Name))
		return
	}
	for i := range c.Route().ParentRefs {
		parent := &c.Route().ParentRefs[i]
		name := fmt.Sprintf("%s: %s", c.Name, parentName(d, parent))
		switch accepted, refusal := answerOf(d, parent, route); {
		case refusal != nil:
			reason := refusal.Reason
			if len(reason) > maxForeign || !conditionReason.MatchString(reason) {
				reason = v1alpha1.ReasonRouteRejected
			}
			if r.reason == "" {
				r.reason = reason
			}
			r.rejected = append(r.rejected, fmt.Sprintf("%s: %s: %s", name, reason, Clean(refusal.Message, maxForeign)))
		case !accepted:
			r.waiting = append(r.waiting, name+": no controller has answered for it yet")
		}
	}
}

// parentName names a parent in a message.
func parentName(d *v1alpha1.OllamaDeployment, p *v1alpha1.RouteParent) string {
	name := fmt.Sprintf("%s %s/%s", p.KindOrDefault(), ptr.Deref(p.Namespace, d.Namespace), p.Name)
	if p.SectionName != nil {
		name += "/" + *p.SectionName
	}
	return Clean(name, maxForeign)
}

// answerOf returns whether the parent has accepted the latest route, and the condition by which it, or one of
// several controllers, refuses it. Neither means that no controller has answered.
func answerOf(d *v1alpha1.OllamaDeployment, parent *v1alpha1.RouteParent, route *gatewayv1.HTTPRoute) (accepted bool, refusal *metav1.Condition) {
	for i := range route.Status.Parents {
		answer := &route.Status.Parents[i]
		if !isParent(d, parent, &answer.ParentRef) {
			continue
		}
		for _, kind := range routeConditions {
			is := meta.FindStatusCondition(answer.Conditions, kind)
			switch {
			case is == nil || is.ObservedGeneration < route.Generation: // it has not seen the latest route
			case is.Status == metav1.ConditionFalse:
				return false, is
			case kind == routeConditions[0] && is.Status == metav1.ConditionTrue:
				accepted = true
			}
		}
	}
	return accepted, nil
}

// isParent reports whether a reference in the status of a route is that of the spec.
func isParent(d *v1alpha1.OllamaDeployment, p *v1alpha1.RouteParent, ref *gatewayv1.ParentReference) bool {
	return string(ptr.Deref(ref.Group, v1alpha1.GatewayGroup)) == p.GroupOrDefault() &&
		string(ptr.Deref(ref.Kind, v1alpha1.KindGateway)) == p.KindOrDefault() &&
		string(ptr.Deref(ref.Namespace, gatewayv1.Namespace(d.Namespace))) == ptr.Deref(p.Namespace, d.Namespace) &&
		string(ref.Name) == p.Name &&
		string(ptr.Deref(ref.SectionName, "")) == ptr.Deref(p.SectionName, "") &&
		ptr.Deref(ref.Port, 0) == ptr.Deref(p.Port, 0)
}

// AcceptedGateway returns the first Gateway of the component's route that has accepted it, nil if none has.
func AcceptedGateway(d *v1alpha1.OllamaDeployment, c v1alpha1.Component, route *gatewayv1.HTTPRoute) *v1alpha1.RouteParent {
	if c.Route() == nil || route == nil {
		return nil
	}
	for i := range c.Route().ParentRefs {
		parent := &c.Route().ParentRefs[i]
		if accepted, refusal := answerOf(d, parent, route); parent.IsGateway() && accepted && refusal == nil {
			return parent
		}
	}
	return nil
}
