# One target for each thing that is deployed: sidecar (default), trainer, hub, injector; demo is the serving application of the pod test.
#   docker build --target sidecar --build-arg VERSION=0.1.0 --build-arg REVISION=$(git rev-parse HEAD) -t accuracy-monitor/sidecar:0.1.0 .
# See docs/reference/images.md. No HEALTHCHECK: probes are the orchestrator's. No init: the programs handle SIGTERM and start no children.

# The version of Directory.Build.props; stages that name it without a value inherit it.
ARG VERSION=0.1.0
ARG SDK=mcr.microsoft.com/dotnet/sdk:10.0-noble
ARG RUNTIME=mcr.microsoft.com/dotnet/aspnet:10.0-noble-chiseled

FROM ${SDK} AS source
WORKDIR /source
COPY . .
# A shell-less base can't make folders: those that the programs write to, and what each image carries beside its program.
# Group 0 may do what the owner may: OpenShift runs an image as any user of that group.
RUN mkdir -p /image/var/lib/accuracy-monitor /image/var/run/accuracy-monitor /image/licenses && cp LICENSE /image/licenses/ && chmod -R g=u /image

# ContinuousIntegrationBuild: paths in the assemblies are the same wherever they are built, and the restore follows the lock files.
# No analyzers: they have passed where the tests ran, and take more time than the compiler.
FROM source AS publish-sidecar
ARG VERSION
ARG REVISION=unknown
ARG GPU=false
RUN dotnet publish src/AccuracyMonitor.Sidecar -c Release -o /app -nologo --disable-build-servers \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:Version=${VERSION} -p:SourceRevisionId=${REVISION} -p:Gpu=${GPU}

FROM source AS publish-trainer
ARG VERSION
ARG REVISION=unknown
ARG GPU=false
RUN dotnet publish src/AccuracyMonitor.Sidecar -c Release -o /app -nologo --disable-build-servers \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:Version=${VERSION} -p:SourceRevisionId=${REVISION} -p:Gpu=${GPU} -p:LibTorch=true

FROM source AS publish-demo
ARG VERSION
ARG REVISION=unknown
RUN dotnet publish src/AccuracyMonitor.Demo -c Release -o /app -nologo --disable-build-servers \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:Version=${VERSION} -p:SourceRevisionId=${REVISION} -p:LibTorch=false

FROM source AS publish-injector
ARG VERSION
ARG REVISION=unknown
RUN dotnet publish src/AccuracyMonitor.Injector -c Release -o /app -nologo --disable-build-servers \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:Version=${VERSION} -p:SourceRevisionId=${REVISION}

FROM source AS publish-hub
ARG VERSION
ARG REVISION=unknown
RUN dotnet publish src/AccuracyMonitor.Hub -c Release -o /app -nologo --disable-build-servers \
    -p:ContinuousIntegrationBuild=true -p:RunAnalyzers=false -p:Version=${VERSION} -p:SourceRevisionId=${REVISION}

FROM ${RUNTIME} AS hub
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Accuracy Monitor hub" \
      org.opencontainers.image.description="Keeps what a fleet of sidecars reports in PostgreSQL, and estimates accuracy over all of them" \
      org.opencontainers.image.vendor="The Accuracy Monitor authors" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=source /image/licenses /licenses
COPY --from=publish-hub /app /app
# Reports come from other pods: callers must be authenticated (section Access), or the hub does not start.
ENV ACCURACY_MONITOR_HUB_Listen__Address=:: \
    ACCURACY_MONITOR_HUB_Listen__AnonymousMetrics=true
USER 1654:1654
EXPOSE 7710 7711
ENTRYPOINT ["/app/AccuracyMonitor.Hub"]

FROM ${RUNTIME} AS injector
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Accuracy Monitor injector" \
      org.opencontainers.image.description="An admission webhook that adds the sidecar to the pods that ask for it" \
      org.opencontainers.image.vendor="The Accuracy Monitor authors" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=source /image/licenses /licenses
COPY --from=publish-injector /app /app
USER 1654:1654
EXPOSE 8080 8443
ENTRYPOINT ["/app/AccuracyMonitor.Injector"]

FROM ${RUNTIME} AS demo
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Accuracy Monitor demo" \
      org.opencontainers.image.description="A clothing classifier that reports to the sidecar" \
      org.opencontainers.image.vendor="The Accuracy Monitor authors" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=source /image/licenses /licenses
COPY --from=publish-demo /app /app
ENV Serving__Listen=http://0.0.0.0:8080 \
    ORT_DISABLE_TELEMETRY=1
USER 1654:1654
EXPOSE 8080
ENTRYPOINT ["/app/AccuracyMonitor.Demo"]

FROM ${RUNTIME} AS trainer
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Accuracy Monitor trainer" \
      org.opencontainers.image.description="The sidecar with libtorch: it fine-tunes monitor networks in its own process" \
      org.opencontainers.image.vendor="The Accuracy Monitor authors" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=source --chown=1654:0 /image /
COPY --from=publish-trainer /app /app
ENV ACCURACY_MONITOR_Listen__Address=:: \
    ACCURACY_MONITOR_Listen__GrpcAddress=127.0.0.1 \
    ACCURACY_MONITOR_Listen__AnonymousMetrics=true \
    ACCURACY_MONITOR_Listen__Socket=/var/run/accuracy-monitor/accuracy-monitor.sock \
    ACCURACY_MONITOR_Storage__Path=/var/lib/accuracy-monitor/accuracy-monitor.db \
    ACCURACY_MONITOR_Training__Mode=InProcess \
    ORT_DISABLE_TELEMETRY=1
USER 1654:1654
VOLUME ["/var/lib/accuracy-monitor", "/var/run/accuracy-monitor"]
EXPOSE 7700 7701
ENTRYPOINT ["/app/AccuracyMonitor.Sidecar"]

FROM ${RUNTIME} AS sidecar
ARG VERSION
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Accuracy Monitor sidecar" \
      org.opencontainers.image.description="How accurate is the deployed model right now? Estimates from softmax outputs and labels for about 1 % of them" \
      org.opencontainers.image.vendor="The Accuracy Monitor authors" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=source --chown=1654:0 /image /
COPY --from=publish-sidecar /app /app
# On all addresses of the pod: probes and scrapes come from outside, and get metrics and health alone. gRPC is for this pod. ONNX Runtime would report its use to its maker.
# A small youngest generation and an allocator that gives back: "benchmarks soak" has what they save.
ENV ACCURACY_MONITOR_Listen__Address=:: \
    ACCURACY_MONITOR_Listen__GrpcAddress=127.0.0.1 \
    ACCURACY_MONITOR_Listen__AnonymousMetrics=true \
    ACCURACY_MONITOR_Listen__Socket=/var/run/accuracy-monitor/accuracy-monitor.sock \
    ACCURACY_MONITOR_Storage__Path=/var/lib/accuracy-monitor/accuracy-monitor.db \
    ACCURACY_MONITOR_Training__Mode=Off \
    DOTNET_GCgen0size=0x200000 \
    DOTNET_GCConserveMemory=5 \
    MALLOC_ARENA_MAX=1 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    MALLOC_MMAP_THRESHOLD_=65536 \
    ORT_DISABLE_TELEMETRY=1
USER 1654:1654
VOLUME ["/var/lib/accuracy-monitor", "/var/run/accuracy-monitor"]
EXPOSE 7700 7701
ENTRYPOINT ["/app/AccuracyMonitor.Sidecar"]
