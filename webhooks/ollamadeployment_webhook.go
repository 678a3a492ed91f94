// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package webhooks

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/geeper-io/llm-operator/api/v1alpha1"
	"github.com/geeper-io/llm-operator/webhooks/validation"
)

// Both webhooks are called for creates and for updates that change the spec. Let
// through without a call, so that they work while the operator is down: objects
// that are being deleted, and updates that leave a fully defaulted spec as it was
// (labels, annotations, finalizers). What the schema defaults is always there,
// so only what a webhook alone fills in has to be looked for: hack/matchconditions
// replaces LACKS_DEFAULTS by the expression for it. They serve both names of the kind,
// which have the same fields.
//
// +kubebuilder:webhook:path=/mutate-llm-geeper-io-v1alpha1-ollamadeployment,mutating=true,failurePolicy=fail,matchPolicy=Equivalent,sideEffects=None,reinvocationPolicy=IfNeeded,timeoutSeconds=5,groups=llm.geeper.io,resources=ollamadeployments;deployments,verbs=create;update,versions=v1alpha1,name=mollamadeployment.llm.geeper.io,admissionReviewVersions=v1,patch=`{"matchConditions":[{"name":"not-being-deleted","expression":"oldObject == null || !has(oldObject.metadata.deletionTimestamp)"},{"name":"spec-changed-or-not-defaulted","expression":"oldObject == null || !has(object.spec) || object.spec != oldObject.spec || LACKS_DEFAULTS"}]}`
// +kubebuilder:webhook:path=/validate-llm-geeper-io-v1alpha1-ollamadeployment,mutating=false,failurePolicy=fail,matchPolicy=Equivalent,sideEffects=None,timeoutSeconds=5,groups=llm.geeper.io,resources=ollamadeployments;deployments,verbs=create;update,versions=v1alpha1,name=vollamadeployment.llm.geeper.io,admissionReviewVersions=v1,patch=`{"matchConditions":[{"name":"not-being-deleted","expression":"oldObject == null || !has(oldObject.metadata.deletionTimestamp)"},{"name":"spec-changed","expression":"oldObject == null || !has(object.spec) || object.spec != oldObject.spec"}]}`

// defaulter fills in what an object leaves out.
//
// It is not controller-runtime's own handler, because that one's patch also
// rewrites every quantity in its shortest form ("1000m" as "1"), and tools that
// compare what they sent with what is stored would see a difference for ever. This
// one's patch is what the defaults change, and nothing else.
type defaulter struct{ opts validation.Options }

// validator refuses what breaks a rule.
type validator struct{ opts validation.Options }

var (
	_ admission.Handler = defaulter{}
	_ admission.Handler = validator{}
)

// Handle answers with the defaults as a patch. What the schema is going to refuse,
// values of the wrong type among it, is refused here, because the schema would speak
// of its own findings only, in regular expressions, and nobody would be asked for the
// rest. What is no object at all is left to the schema.
func (w defaulter) Handle(ctx context.Context, req admission.Request) admission.Response {
	d, mistakes, err := validation.Decode(req.Object.Raw)
	if err != nil {
		return admission.Allowed("")
	}
	old, err := stored(req)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	if validation.IsBeingDeleted(old) {
		return admission.Allowed("")
	}
	if errs := validation.ListErrors(d, old); len(errs) > 0 {
		return refused(d, errs)
	}
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	before, err := json.Marshal(d)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	switch {
	case old == nil:
		d.Default()
	case isServerSideApply(req.Options.Raw, d, old, time.Now()):
		d.DefaultServerSideApply(old)
	default:
		d.DefaultUpdate(old)
	}
	if len(mistakes) > 0 || len(validation.SchemaErrors(d, old)) > 0 {
		if _, errs := validate(d, old, mistakes, w.opts); len(errs) > 0 {
			return refused(d, errs)
		}
	}
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	after, err := json.Marshal(d)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	return admission.PatchResponseFromRaw(before, after)
}

// Handle refuses an object that breaks a rule, and an update that breaks one which
// the stored object kept.
func (w validator) Handle(ctx context.Context, req admission.Request) admission.Response {
	d, mistakes, err := validation.Decode(req.Object.Raw)
	if err != nil {
		return admission.Errored(http.StatusBadRequest, err)
	}
	old, err := stored(req)
	if err != nil {
		return admission.Errored(http.StatusInternalServerError, err)
	}
	if err := ctx.Err(); err != nil {
		return ended(err)
	}
	warnings, errs := validate(d, old, mistakes, w.opts)
	response := admission.Allowed("")
	if len(errs) > 0 {
		response = refused(d, errs)
	}
	for _, warning := range warnings {
		response.Warnings = append(response.Warnings, warning.String())
	}
	return response
}

// validate validates a create, where there is no stored object, or an update.
func validate(d, old *v1alpha1.OllamaDeployment, mistakes field.ErrorList, opts validation.Options) ([]validation.Warning, field.ErrorList) {
	if old == nil {
		return validation.ValidateCreate(d, mistakes, opts)
	}
	return validation.ValidateUpdate(d, old, mistakes, opts)
}

// stored returns the object that an update changes, nil on a create. What cannot be read of
// it counts as unset: it was stored while no webhook was asked, and can be repaired.
func stored(req admission.Request) (*v1alpha1.OllamaDeployment, error) {
	if req.Operation != admissionv1.Update {
		return nil, nil
	}
	old, _, err := validation.Decode(req.OldObject.Raw)
	return old, err
}

// refused returns the 422 status with all errors and their paths.
func refused(d *v1alpha1.OllamaDeployment, errs field.ErrorList) admission.Response {
	status := apierrors.NewInvalid(d.GroupVersionKind().GroupKind(), d.Name, validation.Shorten(errs)).Status()
	return admission.Response{AdmissionResponse: admissionv1.AdmissionResponse{Result: &status}}
}
