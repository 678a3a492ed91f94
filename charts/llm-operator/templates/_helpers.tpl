{{/*
Prefix of the names of all objects. Names of Services are limited to 63 characters, so a prefix
of more than 40 characters is truncated and made unique by a hash.
*/}}
{{- define "llm-operator.fullname" -}}
{{- $name := .Values.fullnameOverride | default .Release.Name -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $name) -}}
{{- fail (printf "the name of the release, %q, cannot begin the names of Services: set fullnameOverride to one of lower-case letters, digits and \"-\" that begins with a letter" $name) -}}
{{- end -}}
{{- if gt (len $name) 40 -}}
{{ printf "%s-%s" ($name | trunc 31 | trimSuffix "-") (sha256sum $name | trunc 8) }}
{{- else -}}
{{ $name }}
{{- end }}
{{- end }}

{{/* Name of the Lease for leader election. */}}
{{- define "llm-operator.leaseName" -}}
{{ include "llm-operator.fullname" . }}.geeper.io
{{- end }}

{{/* Labels and selector labels of the manager's pods. They include the release. */}}
{{- define "llm-operator.labels" -}}
app.kubernetes.io/name: llm-operator
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: controller-manager
{{- end }}

{{/* Name of the Secret with the serving certificate. */}}
{{- define "llm-operator.certificateSecretName" -}}
{{- if eq .Values.certificates.source "secret" -}}
{{ .Values.certificates.secretName }}
{{- else -}}
{{ include "llm-operator.fullname" . }}-webhook-server-cert
{{- end }}
{{- end }}

{{/* Subjects of all role bindings. */}}
{{- define "llm-operator.subjects" -}}
- kind: ServiceAccount
  name: {{ include "llm-operator.fullname" . }}-controller-manager
  namespace: {{ .Release.Namespace }}
{{- end }}
