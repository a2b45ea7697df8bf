{{/* Environment of the container. What extraEnv says goes last, and so wins. */}}
{{- define "roster.env" -}}
- name: POD_NAME
  valueFrom:
    fieldRef:
      fieldPath: metadata.name
- name: POD_NAMESPACE
  valueFrom:
    fieldRef:
      fieldPath: metadata.namespace
{{- if include "roster.authoritySource" . }}
- name: ROSTER_CA_FILE
  value: /etc/roster/authorities/{{ .Values.extraAuthorities.key }}
{{- end }}
{{- with .Values.proxy.https }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with .Values.proxy.http }}
- name: HTTP_PROXY
  value: {{ . | quote }}
{{- end }}
{{- if or .Values.proxy.https .Values.proxy.http .Values.proxy.noProxy }}
- name: NO_PROXY
  value: {{ printf "$(KUBERNETES_SERVICE_HOST),kubernetes.default.svc,%s" .Values.proxy.noProxy | trimSuffix "," | quote }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Source of the volume with further authorities; empty where there is none. */}}
{{- define "roster.authoritySource" -}}
{{- with .Values.extraAuthorities -}}
{{- if .configMapName -}}
configMap:
  name: {{ .configMapName }}
{{- else if .secretName -}}
secret:
  secretName: {{ .secretName }}
{{- end -}}
{{- end -}}
{{- end -}}
