package reconcilers

import (
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	applyappsv1 "k8s.io/client-go/applyconfigurations/apps/v1"
	applycorev1 "k8s.io/client-go/applyconfigurations/core/v1"
	applynetworkingv1 "k8s.io/client-go/applyconfigurations/networking/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/reconcilers/render"
)

// A childKind is what the funnel has to know of a kind of child.
type childKind struct {
	gvk schema.GroupVersionKind
	// object makes an empty object of the kind.
	object func() client.Object
	// extract is what a field manager has applied of a live object.
	extract func(live client.Object, manager string) (runtime.ApplyConfiguration, error)
	// kept children outlive the object and are never deleted.
	kept bool
}

// childKinds are all kinds but Secrets, which are only created.
var childKinds = []childKind{
	kindOf(render.KindConfigMap, applycorev1.ExtractConfigMap),
	keep(kindOf(render.KindPersistentVolumeClaim, applycorev1.ExtractPersistentVolumeClaim)),
	kindOf(render.KindService, applycorev1.ExtractService),
	kindOf(render.KindDeployment, applyappsv1.ExtractDeployment),
	kindOf(render.KindIngress, applynetworkingv1.ExtractIngress),
}

// ChildObjects are empty objects of every kind that the cache has to watch.
func ChildObjects() []client.Object {
	objects := make([]client.Object, 0, len(childKinds))
	for _, kind := range childKinds {
		objects = append(objects, kind.object())
	}
	return objects
}

func kindOf[O any, P interface {
	*O
	client.Object
}, A runtime.ApplyConfiguration](gvk schema.GroupVersionKind, extract func(P, string) (A, error)) childKind {
	return childKind{
		gvk:    gvk,
		object: func() client.Object { return P(new(O)) },
		extract: func(live client.Object, manager string) (runtime.ApplyConfiguration, error) {
			return extract(live.(P), manager)
		},
	}
}

func keep(kind childKind) childKind {
	kind.kept = true
	return kind
}

// kindFor is the entry of a rendered child's kind.
func kindFor(gvk schema.GroupVersionKind) childKind {
	for _, kind := range childKinds {
		if kind.gvk == gvk {
			return kind
		}
	}
	panic(fmt.Sprintf("%s is rendered and not known", gvk)) // a kind is missing in the table above
}

// isOurs tells whether a live child belongs to d: by its controller, and where it
// has none because it outlives its object, by its labels.
func (k childKind) isOurs(live client.Object, d *v1alpha1.OllamaDeployment) bool {
	if k.kept {
		labels := live.GetLabels()
		return labels[v1alpha1.LabelOwner] == d.Name && labels[v1alpha1.LabelManagedBy] == v1alpha1.ManagedBy
	}
	for _, owner := range live.GetOwnerReferences() {
		if owner.Controller != nil && *owner.Controller {
			return owner.UID == d.UID
		}
	}
	return false
}
