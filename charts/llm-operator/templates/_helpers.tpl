{{/*
The prefix of all names. Names of Services have at most 63 characters, so that a longer
prefix is cut, and told apart by a hash.
*/}}
{{- define "llm-operator.fullname" -}}
{{- $name := .Values.fullnameOverride | default .Release.Name -}}
{{- if gt (len $name) 40 -}}
{{ printf "%s-%s" ($name | trunc 31 | trimSuffix "-") (sha256sum $name | trunc 8) }}
{{- else -}}
{{ $name }}
{{- end }}
{{- end }}

{{/* The Lease of the leader election. */}}
{{- define "llm-operator.lease" -}}
{{ include "llm-operator.fullname" . }}.geeper.io
{{- end }}

{{/* The labels of the operator's own pods, which also select them, of this release alone. */}}
{{- define "llm-operator.labels" -}}
app.kubernetes.io/name: llm-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller-manager
{{- end }}

{{/* The Secret of the serving certificate. */}}
{{- define "llm-operator.certificateSecret" -}}
{{- if eq .Values.certificates.source "secret" -}}
{{ .Values.certificates.secretName }}
{{- else -}}
{{ include "llm-operator.fullname" . }}-webhook-server-cert
{{- end }}
{{- end }}

{{/* The subject of all role bindings. */}}
{{- define "llm-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "llm-operator.fullname" . }}-controller-manager
  namespace: {{ .Release.Namespace }}
{{- end }}
