namespace AccuracyMonitor.Injector.Observability;

internal static partial class InjectorLog
{
    [LoggerMessage(201, LogLevel.Information, "{Namespace}/{Pod}: {Outcome} ({Reason}) {Details}")]
    public static partial void Decided(ILogger logger, string @namespace, string pod, string outcome, string reason, string details);

    [LoggerMessage(202, LogLevel.Debug, "{Namespace}/{Pod}: skipped ({Reason})")]
    public static partial void Skipped(ILogger logger, string @namespace, string pod, string reason);

    [LoggerMessage(203, LogLevel.Error, "{Namespace}: a pod was admitted without a sidecar because of a defect")]
    public static partial void ReviewFailed(ILogger logger, string @namespace, Exception exception);

    [LoggerMessage(204, LogLevel.Warning, "A request that is no AdmissionReview: {Message}")]
    public static partial void NotAReview(ILogger logger, string message);

    [LoggerMessage(205, LogLevel.Warning, "The namespace {Namespace} could not be read, {Consequence}: {Message}")]
    public static partial void NamespaceUnreadable(ILogger logger, string @namespace, string message, string consequence);

    [LoggerMessage(206, LogLevel.Warning,
        "The cluster's version could not be read; while none is known, sidecars are plain containers unless asked for otherwise: {Message}")]
    public static partial void VersionUnknown(ILogger logger, string message);

    [LoggerMessage(208, LogLevel.Warning, "Whether this is OpenShift could not be read; what was known before is used, else sidecars name no user: {Message}")]
    public static partial void PlatformUnknown(ILogger logger, string message);

    [LoggerMessage(207, LogLevel.Information, "Admission on {Admission}, metrics on {Http}/metrics")]
    public static partial void Listening(ILogger logger, string admission, string http);

    [LoggerMessage(209, LogLevel.Warning,
        "LimitRanges and ResourceQuotas could not be listed; what was read before is used, and a sidecar may break a rule of its namespace: {Message}")]
    public static partial void RulesUnreadable(ILogger logger, string message);

    [LoggerMessage(210, LogLevel.Information, "Serving with the certificate {Thumbprint}, valid until {NotAfter:u}")]
    public static partial void CertificateServed(ILogger logger, string thumbprint, DateTimeOffset notAfter);

    [LoggerMessage(211, LogLevel.Error, "The certificate can't be read, the one before stays: {Message}")]
    public static partial void CertificateUnreadable(ILogger logger, string message);

    [LoggerMessage(212, LogLevel.Information, "Certificates: {Step}")]
    public static partial void CertificateStep(ILogger logger, string step);

    [LoggerMessage(213, LogLevel.Information, "Another replica was faster; its state is taken")]
    public static partial void CertificateConflict(ILogger logger);

    [LoggerMessage(214, LogLevel.Error, "Certificates could not be looked after and will be again in {Pause}: {Message}")]
    public static partial void CertificateWorkFailed(ILogger logger, TimeSpan pause, string message);

    [LoggerMessage(215, LogLevel.Information, "The authorities in the webhook configuration {Name} were brought up to date")]
    public static partial void AuthoritiesPublished(ILogger logger, string name);

    [LoggerMessage(216, LogLevel.Information, "Shutting down: not ready for {Delay}, then the rest is answered")]
    public static partial void Draining(ILogger logger, TimeSpan delay);
}
