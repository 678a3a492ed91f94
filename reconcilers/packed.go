// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package reconcilers

import (
	"encoding/json"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// A packed is an object as the cache holds it: encoded, because that needs a fraction of the memory of the typed
// object. A copy of it is the typed object, so that whoever reads the cache never meets it; only event handlers,
// which get what the cache holds, have to unpack it.
type packed struct {
	// Object is nil. It has the setters, which nobody calls, because objects of a cache are never changed.
	metav1.Object
	form *form
	// dictionary is the one that the data is compressed with.
	dictionary *dictionary
	// text is the namespace, the name and the resource version, which the cache itself reads all the time, and the
	// data, which is the rest of the object. They are in one string because each has a cost of its own.
	text string
	// namespaceLength, nameLength and versionLength say where they end. None can be longer than 253.
	namespaceLength, nameLength, versionLength uint8
}

// A form packs the objects of one kind.
type form struct {
	// empty makes an empty object of the kind.
	empty        func() client.Object
	dictionaries dictionaries
}

// A wireObject encodes itself in Protobuf, as all kinds of Kubernetes do.
type wireObject interface {
	Marshal() ([]byte, error)
	Unmarshal(data []byte) error
}

// packing returns a cache transform that trims and packs objects of the kind. It returns anything else, and objects
// that are already packed, unchanged.
func packing(empty func() client.Object, trim func(client.Object) (client.Object, error)) func(any) (any, error) {
	trimmed, form := cached(trim), &form{empty: empty}
	return func(in any) (any, error) {
		if _, done := in.(*packed); done {
			return in, nil
		}
		out, err := trimmed(in)
		object, ok := out.(client.Object)
		if err != nil || !ok {
			return out, err
		}
		return form.pack(object)
	}
}

// pack returns the object packed. It changes the object.
func (f *form) pack(object client.Object) (*packed, error) {
	namespace, name, version := object.GetNamespace(), object.GetName(), object.GetResourceVersion()
	object.SetNamespace("")
	object.SetName("")
	object.SetResourceVersion("")
	encoded, err := encode(object)
	if err != nil {
		return nil, fmt.Errorf("packing %T %s/%s: %w", object, namespace, name, err)
	}
	dictionary := f.dictionaries.next(encoded)
	data, err := dictionary.compress(encoded)
	if err != nil {
		return nil, fmt.Errorf("packing %T %s/%s: %w", object, namespace, name, err)
	}
	return &packed{
		form: f, dictionary: dictionary, text: namespace + name + version + string(data),
		namespaceLength: uint8(len(namespace)), nameLength: uint8(len(name)), versionLength: uint8(len(version)), //nolint:gosec // the API server limits them
	}, nil
}

// emptyOf makes an empty object of the type.
func emptyOf[O any, P interface {
	*O
	client.Object
}]() client.Object {
	return P(new(O))
}

func encode(object client.Object) ([]byte, error) {
	if wire, ok := object.(wireObject); ok {
		return wire.Marshal()
	}
	return json.Marshal(object)
}

func decode(data []byte, object client.Object) error {
	if wire, ok := object.(wireObject); ok {
		return wire.Unmarshal(data)
	}
	return json.Unmarshal(data, object)
}

// unpack returns the typed object, which the caller owns.
func (p *packed) unpack() client.Object {
	object := p.form.empty()
	data, err := p.dictionary.decompress(p.text[p.dataStart():])
	if err == nil {
		err = decode(data, object)
	}
	if err != nil {
		panic(fmt.Sprintf("unpacking %T %s/%s: %v", object, p.GetNamespace(), p.GetName(), err)) // pack has made it
	}
	object.SetNamespace(p.GetNamespace())
	object.SetName(p.GetName())
	object.SetResourceVersion(p.GetResourceVersion())
	return object
}

func (p *packed) nameStart() int    { return int(p.namespaceLength) }
func (p *packed) versionStart() int { return p.nameStart() + int(p.nameLength) }
func (p *packed) dataStart() int    { return p.versionStart() + int(p.versionLength) }

// unpacked returns the typed object of one that an event handler gets, which may be nil or typed already.
func unpacked(object client.Object) client.Object {
	if p, ok := object.(*packed); ok {
		return p.unpack()
	}
	return object
}

// DeepCopyObject implements runtime.Object. The copy is the typed object.
func (p *packed) DeepCopyObject() runtime.Object { return p.unpack() }

// GetObjectKind implements runtime.Object.
func (*packed) GetObjectKind() schema.ObjectKind { return schema.EmptyObjectKind }

// GetNamespace implements metav1.Object.
func (p *packed) GetNamespace() string { return p.text[:p.nameStart()] }

// GetName implements metav1.Object.
func (p *packed) GetName() string { return p.text[p.nameStart():p.versionStart()] }

// GetResourceVersion implements metav1.Object.
func (p *packed) GetResourceVersion() string { return p.text[p.versionStart():p.dataStart()] }

// GetManagedFields implements metav1.Object. The cache never holds any.
func (*packed) GetManagedFields() []metav1.ManagedFieldsEntry { return nil }

// GetGenerateName implements metav1.Object.
func (p *packed) GetGenerateName() string { return p.unpack().GetGenerateName() }

// GetUID implements metav1.Object.
func (p *packed) GetUID() types.UID { return p.unpack().GetUID() }

// GetGeneration implements metav1.Object.
func (p *packed) GetGeneration() int64 { return p.unpack().GetGeneration() }

// GetSelfLink implements metav1.Object.
func (p *packed) GetSelfLink() string { return p.unpack().GetSelfLink() }

// GetCreationTimestamp implements metav1.Object.
func (p *packed) GetCreationTimestamp() metav1.Time { return p.unpack().GetCreationTimestamp() }

// GetDeletionTimestamp implements metav1.Object.
func (p *packed) GetDeletionTimestamp() *metav1.Time { return p.unpack().GetDeletionTimestamp() }

// GetDeletionGracePeriodSeconds implements metav1.Object.
func (p *packed) GetDeletionGracePeriodSeconds() *int64 {
	return p.unpack().GetDeletionGracePeriodSeconds()
}

// GetLabels implements metav1.Object.
func (p *packed) GetLabels() map[string]string { return p.unpack().GetLabels() }

// GetAnnotations implements metav1.Object.
func (p *packed) GetAnnotations() map[string]string { return p.unpack().GetAnnotations() }

// GetFinalizers implements metav1.Object.
func (p *packed) GetFinalizers() []string { return p.unpack().GetFinalizers() }

// GetOwnerReferences implements metav1.Object.
func (p *packed) GetOwnerReferences() []metav1.OwnerReference { return p.unpack().GetOwnerReferences() }
