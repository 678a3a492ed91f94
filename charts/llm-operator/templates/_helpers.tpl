{{/* What all names begin with. */}}
{{- define "llm-operator.fullname" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The labels of the operator's own pods, which also select them. */}}
{{- define "llm-operator.labels" -}}
app.kubernetes.io/name: llm-operator
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
