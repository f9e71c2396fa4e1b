{{- define "accuracy-monitor.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 40 characters: names of parts and their Services' certificates come of it. */}}
{{- define "accuracy-monitor.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "accuracy-monitor.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "accuracy-monitor.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "accuracy-monitor.injector" -}}{{ include "accuracy-monitor.fullname" . }}-injector{{- end -}}
{{/* Webhooks are called in the order of their configurations' names: what others drop from a sidecar is repaired by who comes last. */}}
{{- define "accuracy-monitor.webhook" -}}zz-{{ include "accuracy-monitor.injector" . }}{{- end -}}
{{- define "accuracy-monitor.standalone" -}}{{ include "accuracy-monitor.fullname" . }}-standalone{{- end -}}
{{- define "accuracy-monitor.hub" -}}{{ include "accuracy-monitor.fullname" . }}-hub{{- end -}}
{{- define "accuracy-monitor.certificates" -}}{{ include "accuracy-monitor.injector" . }}-certificates{{- end -}}

{{/* (dict "root" $ "component" "injector") */}}
{{- define "accuracy-monitor.selector" -}}
app.kubernetes.io/name: {{ include "accuracy-monitor.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{- define "accuracy-monitor.ownLabels" -}}
{{ include "accuracy-monitor.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: accuracy-monitor
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* The chart's own labels win over commonLabels: selectors rest on them. */}}
{{- define "accuracy-monitor.labels" -}}
{{- toYaml (merge (fromYaml (include "accuracy-monitor.ownLabels" .)) (default dict .root.Values.commonLabels)) -}}
{{- end -}}

{{/* (dict "root" $ "component" "hub" "values" .Values.hub) */}}
{{- define "accuracy-monitor.podLabels" -}}
{{- toYaml (merge (fromYaml (include "accuracy-monitor.labels" .)) (default dict .values.podLabels)) -}}
{{- end -}}

{{/* Where pods may run: (dict "root" $ "component" "hub" "values" .Values.hub "spread" true). With spread, replicas prefer different nodes unless affinity is
     given: preferred, not required, so that a cluster of one node gets all replicas. */}}
{{- define "accuracy-monitor.scheduling" -}}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .values.affinity }}
affinity: {{- toYaml .values.affinity | nindent 2 }}
{{- else if .spread }}
affinity:
  podAntiAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels: {{- include "accuracy-monitor.selector" . | nindent 14 }}
{{- end }}
{{- end -}}

{{/* (dict "root" $ "component" "hub" "values" .Values.hub "name" "…") */}}
{{- define "accuracy-monitor.disruptionBudget" -}}
{{- $minimum := .values.podDisruptionBudget.minAvailable }}
{{- if and (not (kindIs "string" $minimum)) (ge (int $minimum) (int .values.replicas)) }}
{{- fail (printf "%s.podDisruptionBudget.minAvailable is %d with %d replicas: no node with one of them could ever be drained. Set it below the number of replicas." .component (int $minimum) (int .values.replicas)) }}
{{- end }}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels: {{- include "accuracy-monitor.labels" . | nindent 4 }}
spec:
  minAvailable: {{ $minimum }}
  {{- if semverCompare ">=1.27-0" .root.Capabilities.KubeVersion.Version }}
  # A replica that is not ready keeps no node.
  unhealthyPodEvictionPolicy: AlwaysAllow
  {{- end }}
  selector:
    matchLabels: {{- include "accuracy-monitor.selector" . | nindent 6 }}
{{- end -}}

{{- define "accuracy-monitor.injectorAccount" -}}{{ default (include "accuracy-monitor.injector" .) .Values.injector.serviceAccount.name }}{{- end -}}

{{/* (dict "root" $ "image" .Values.image.sidecar) */}}
{{- define "accuracy-monitor.image" -}}
{{- if eq .image.tag "latest" }}{{ fail (printf "the tag of %s is 'latest': name a version, or what runs changes under the deployment" .image.repository) }}{{ end -}}
{{- $repository := .image.repository -}}
{{- if .root.Values.image.registry }}{{ $repository = printf "%s/%s" (trimSuffix "/" .root.Values.image.registry) $repository }}{{ end -}}
{{- if .image.digest }}{{ $repository }}@{{ .image.digest }}{{ else }}{{ $repository }}:{{ default .root.Chart.AppVersion .image.tag }}{{ end -}}
{{- end -}}

{{/* Whether an object of Prometheus' operator is wanted: (dict "root" $ "enabled" .Values.podMonitor.enabled); "true" or nothing. */}}
{{- define "accuracy-monitor.operator" -}}
{{- if eq (toString .enabled) "auto" -}}
{{- if .root.Capabilities.APIVersions.Has "monitoring.coreos.com/v1" }}true{{ end -}}
{{- else if eq (toString .enabled) "true" }}true{{ end -}}
{{- end -}}

{{/* A setting as text. Helm reads the numbers of a values file as floating point, and toString gives large ones an exponent. */}}
{{- define "accuracy-monitor.text" -}}
{{- if and (kindIs "float64" .) (eq . (float64 (int64 .))) }}{{ int64 . }}{{ else }}{{ toString . }}{{ end -}}
{{- end -}}

{{/* Nothing where none is to be set. OpenShift assigns users by namespace and refuses others. */}}
{{- define "accuracy-monitor.user" -}}
{{- if eq (toString .Values.sidecar.runAsUser) "auto" -}}
{{- if not (.Capabilities.APIVersions.Has "security.openshift.io/v1") }}1654{{ end -}}
{{- else if not (kindIs "invalid" .Values.sidecar.runAsUser) }}{{ int64 .Values.sidecar.runAsUser | toString }}{{ end -}}
{{- end -}}

{{/* Pod Security "restricted". */}}
{{- define "accuracy-monitor.podSecurity" -}}
runAsNonRoot: true
{{- with include "accuracy-monitor.user" . }}
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
{{- end }}
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "accuracy-monitor.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}

{{/* Settings as environment variables: (dict "prefix" "ACCURACY_MONITOR_" "settings" $map) */}}
{{- define "accuracy-monitor.environment" -}}
{{- range $name, $value := .settings }}
- name: {{ printf "%s%s" $.prefix (replace ":" "__" $name) }}
  value: {{ include "accuracy-monitor.text" $value | quote }}
{{- end }}
{{- end -}}
