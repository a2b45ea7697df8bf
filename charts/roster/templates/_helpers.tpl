{{- define "roster.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "roster.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "roster.labels" -}}
{{ include "roster.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "roster.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "roster.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* A name of a cluster-wide object: two releases in two namespaces must not meet. */}}
{{- define "roster.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "roster.fullname" .) -}}
{{- end -}}

{{/* Namespaces with organizations, as YAML. */}}
{{- define "roster.organizationNamespaces" -}}
{{- toYaml (.Values.organizationNamespaces | default (list .Release.Namespace) | uniq) -}}
{{- end -}}

{{/* Namespaces to watch, as YAML: those with organizations belong to them. An empty list means all. */}}
{{- define "roster.watchNamespaces" -}}
{{- if .Values.watchNamespaces -}}
{{- toYaml (concat .Values.watchNamespaces (include "roster.organizationNamespaces" . | fromYamlArray) | uniq) -}}
{{- else -}}
[]
{{- end -}}
{{- end -}}

{{/* What the controller does with the objects of a namespace. Finalizers are a patch of the object itself. */}}
{{- define "roster.objectRules" -}}
- apiGroups: [roster.dev]
  resources: {{ include "roster.plurals" . }}
  verbs: [list, watch, patch]
- apiGroups: [roster.dev]
  resources: {{ include "roster.statuses" . }}
  verbs: [patch]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{- define "roster.plurals" -}}
[atlassianorganizations, atlassianusers, atlassiangroups, atlassiangroupmemberships, jirarolebindings, confluencespacegrants]
{{- end -}}

{{- define "roster.statuses" -}}
[atlassianorganizations/status, atlassianusers/status, atlassiangroups/status, atlassiangroupmemberships/status, jirarolebindings/status, confluencespacegrants/status]
{{- end -}}

{{- define "roster.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}
