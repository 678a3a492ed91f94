// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package olm

import (
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// port is the port at which the operator serves its webhooks.
const port = 9443

// copied are the fields that the definition of a webhook shares with its configuration. There are no match conditions:
// the operator is asked about more requests, and answers those itself.
var copied = []string{
	"admissionReviewVersions", "failurePolicy", "matchPolicy", "objectSelector", "reinvocationPolicy", "rules", "sideEffects", "timeoutSeconds",
}

// webhookDefinitions returns the webhooks of the configurations, which a Deployment serves.
func webhookDefinitions(objects []unstructured.Unstructured, deployment string) ([]any, error) {
	var definitions []any
	for _, object := range objects {
		kind, isWebhook := strings.CutSuffix(object.GetKind(), "WebhookConfiguration")
		if !isWebhook {
			continue
		}
		webhooks, _, err := unstructured.NestedSlice(object.Object, "webhooks")
		if err != nil {
			return nil, err
		}
		for _, webhook := range webhooks {
			webhook, _ := webhook.(map[string]any)
			path, found, err := unstructured.NestedString(webhook, "clientConfig", "service", "path")
			if err != nil || !found {
				return nil, fmt.Errorf("%s %s: a webhook must have the path of a Service", object.GetKind(), object.GetName())
			}
			definition := map[string]any{
				"type": kind + "AdmissionWebhook", "generateName": webhook["name"], "deploymentName": deployment,
				"containerPort": port, "targetPort": port, "webhookPath": path,
			}
			for _, field := range copied {
				if value, found := webhook[field]; found {
					definition[field] = value
				}
			}
			definitions = append(definitions, definition)
		}
	}
	return definitions, nil
}

// isWebhookService reports whether the object is the Service of the webhooks.
func isWebhookService(object unstructured.Unstructured) bool {
	return object.GetKind() == "Service" && strings.HasSuffix(object.GetName(), "webhook-service")
}
