{{- define "mars.selector" -}}
app.kubernetes.io/name: mars
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "mars.labels" -}}
{{ include "mars.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "mars.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1654
runAsGroup: 1654
fsGroup: 1654
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "mars.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- define "mars.scheme" -}}
{{- if .Values.security.tlsSecret }}HTTPS{{ else }}HTTP{{ end }}
{{- end }}

{{- /* How many replicas' worth of computing is being done; the busiest model of each counts. */ -}}
{{- define "mars.busy" -}}
sum(1 - min by (pod) (mars_capacity_left{namespace="{{ .Release.Namespace }}",service="{{ .Release.Name }}"}))
{{- end }}
