using AccuracyMonitor.Hosting;

namespace AccuracyMonitor.Sidecar.Observability;

internal static partial class SidecarLog
{
    [LoggerMessage(101, LogLevel.Error, "Scoring a batch of {Model} failed; its callers were told (error {ErrorId})")]
    public static partial void ScoringFailed(ILogger logger, string model, string errorId, Exception exception);

    [LoggerMessage(117, LogLevel.Error, "The call {Method} failed unexpectedly (error {ErrorId})")]
    public static partial void CallFailed(ILogger logger, string method, string errorId, Exception exception);

    [LoggerMessage(118, LogLevel.Error, "A batch failed unexpectedly (error {ErrorId}); its caller was told, and other batches go on")]
    public static partial void BatchFailed(ILogger logger, string errorId, Exception exception);

    [LoggerMessage(102, LogLevel.Error, "{Count} label requests could not be stored and were withdrawn: {Message}")]
    public static partial void RequestsNotStored(ILogger logger, int count, string message);

    [LoggerMessage(108, LogLevel.Error, "{Count} label requests could not be stored because of a defect and were withdrawn")]
    public static partial void RequestsNotStoredByDefect(ILogger logger, int count, Exception exception);

    [LoggerMessage(103, LogLevel.Information, "gRPC on {Address}")]
    public static partial void ListeningGrpc(ILogger logger, string address);

    [LoggerMessage(104, LogLevel.Information, "Metrics on {Address}/metrics")]
    public static partial void ListeningHttp(ILogger logger, string address);

    [LoggerMessage(105, LogLevel.Information, "Storage: SQLite in {Path}")]
    public static partial void StorageOpened(ILogger logger, string path);

    [LoggerMessage(106, LogLevel.Information, "Monitor of {Model}: {Version} ({Kind})")]
    public static partial void MonitorAdopted(ILogger logger, string model, string version, string kind);

    [LoggerMessage(107, LogLevel.Information, "Challenger {Version} of {Model} promoted: {Reason} Refusals not logged before it: {Unlogged}")]
    public static partial void Promoted(ILogger logger, string version, string model, string reason, int unlogged);

    [LoggerMessage(127, LogLevel.Information,
        "Challenger {Version} of {Model} refused: {Reason} Refusals not logged before it: {Unlogged}. The next of this kind are only counted "
            + "(challenger_decisions_total)")]
    public static partial void ChallengerRefused(ILogger logger, string version, string model, string reason, int unlogged);

    [LoggerMessage(109, LogLevel.Warning, "The monitor file for {Model} is not used; the maximum softmax is used instead: {Message}")]
    public static partial void MonitorUnusable(ILogger logger, string model, string message);

    [LoggerMessage(129, LogLevel.Warning, "The monitor of {Model} is not loaded yet; until then the maximum softmax is used: {Message}")]
    public static partial void MonitorWaits(ILogger logger, string model, string message);

    [LoggerMessage(110, LogLevel.Warning, "{Alarm} alarm of {Model}: {Reason}")]
    public static partial void AlarmFired(ILogger logger, string alarm, string model, string reason);

    [LoggerMessage(111, LogLevel.Information, "{Alarm} alarm of {Model} over: {Reason}")]
    public static partial void AlarmOver(ILogger logger, string alarm, string model, string reason);

    [LoggerMessage(112, LogLevel.Error, "{Work} failed and will be tried again: {Message}")]
    public static partial void WorkFailed(ILogger logger, string work, string message);

    [LoggerMessage(138, LogLevel.Error, "{Work} failed because of a defect")]
    public static partial void WorkHasDefect(ILogger logger, string work, Exception exception);

    [LoggerMessage(139, LogLevel.Error, "{Method} {Path} failed unexpectedly (error {ErrorId})")]
    public static partial void HttpFailed(ILogger logger, string method, string path, string errorId, Exception exception);

    [LoggerMessage(113, LogLevel.Warning, "Fine-tuning is off: {Reason}")]
    public static partial void TrainingUnavailable(ILogger logger, string reason);

    [LoggerMessage(128, LogLevel.Information, "Networks are fine-tuned in their last layer, by HALP (Adaptation:FineTuneMethod is Auto): {Reason}")]
    public static partial void OnlyLastLayer(ILogger logger, string reason);

    [LoggerMessage(134, LogLevel.Information,
        "Stopping: no new calls are taken; {Values} probabilities wait to be scored. Draining takes at most {Seconds} s (Listen:ShutdownTimeout)")]
    public static partial void Stopping(ILogger logger, long values, double seconds);

    [LoggerMessage(135, LogLevel.Information, "Stopped after {Seconds:F1} s; {Predictions} predictions were counted meanwhile. Nothing was left")]
    public static partial void Stopped(ILogger logger, double seconds, long predictions);

    [LoggerMessage(137, LogLevel.Information, "Stopped before the start or the drain was finished; what had not been stored is lost")]
    public static partial void StoppedEarly(ILogger logger);

    [LoggerMessage(136, LogLevel.Warning,
        "Stopped after {Seconds:F1} s; {Predictions} predictions were counted meanwhile. Lost: {Values} probabilities that were not scored, and what was not "
            + "stored of the windows of {Models} model versions")]
    public static partial void StoppedWithLoss(ILogger logger, double seconds, long predictions, long values, int models);

    [LoggerMessage(114, LogLevel.Information, "Restored {Models} model versions, {Requests} label requests, {Buckets} window buckets")]
    public static partial void Restored(ILogger logger, int models, int requests, int buckets);

    [LoggerMessage(115, LogLevel.Critical, "The database was damaged. It was set aside as {Path} and a fresh one started: estimates begin anew")]
    public static partial void DatabaseQuarantined(ILogger logger, string path);

    [LoggerMessage(116, LogLevel.Error, "Monitor file {Path} is not used, the maximum softmax is (Monitor:Required is false): {Message}")]
    public static partial void MonitorFileUnusable(ILogger logger, string path, string message);

    [LoggerMessage(119, LogLevel.Information,
        "Sampling:Seed is {Seed}: sampling decisions can be repeated, and whoever knows the seed can choose ids that are never labelled")]
    public static partial void CoinIsSeeded(ILogger logger, ulong seed);

    [LoggerMessage(124, LogLevel.Error, "The files of Listen:Tls have changed and cannot be used, those before them stay in use: {Message}")]
    public static partial void TlsFilesUnusable(ILogger logger, string message);

    [LoggerMessage(125, LogLevel.Warning, "The listener {Use} takes calls from anybody who can reach it (Listen:AllowAnonymous or Sink:AllowAnonymous)")]
    public static partial void AnonymousListener(ILogger logger, ListenerUse use);

    [LoggerMessage(123, LogLevel.Warning, "Bearer tokens are taken without TLS: whoever reads the network can use them (Listen:Tls:CertificateFile)")]
    public static partial void TokensInClear(ILogger logger);

    [LoggerMessage(120, LogLevel.Error, "{Model} could not be estimated; the other models were (error {ErrorId})")]
    public static partial void EstimationFailed(ILogger logger, string model, string errorId, Exception exception);

    [LoggerMessage(121, LogLevel.Error, "Component {Component} is down: {Reason}")]
    public static partial void ComponentDown(ILogger logger, string component, string reason);

    [LoggerMessage(122, LogLevel.Information, "Component {Component} is up again")]
    public static partial void ComponentUp(ILogger logger, string component);

    [LoggerMessage(126, LogLevel.Information, "{Model} has had no prediction for Intake:EvictAfter and makes room for other versions")]
    public static partial void ModelRetired(ILogger logger, string model);

    [LoggerMessage(130, LogLevel.Information, "Events on {Address}")]
    public static partial void ListeningSink(ILogger logger, string address);

    [LoggerMessage(170, LogLevel.Error, "The file of {Setting} has changed and cannot be used, what was read before stays in use: {Message}")]
    public static partial void LabellingFileUnusable(ILogger logger, string setting, string message);

    [LoggerMessage(143, LogLevel.Critical, "Monitoring can't start: {Message}. The tap passes calls on unread; trying again in {Seconds} s")]
    public static partial void OnlyTap(ILogger logger, string message, double seconds);

    [LoggerMessage(180, LogLevel.Information, "Reporting to the hub at {Address} as source {Source}, instance {Instance}, start {Epoch}")]
    public static partial void ReportingTo(ILogger logger, string address, Guid source, string instance, long epoch);

    [LoggerMessage(181, LogLevel.Warning,
        "The hub does not take reports ({Reason}); {Changes} changes wait. Trying again in {Seconds:F1} s. Everything else goes on")]
    public static partial void HubFailed(ILogger logger, string reason, long changes, double seconds);

    [LoggerMessage(182, LogLevel.Information, "The hub takes reports again after {Seconds:F0} s")]
    public static partial void HubAnswersAgain(ILogger logger, double seconds);

    [LoggerMessage(183, LogLevel.Warning,
        "The hub lacks report {Epoch}.{Sequence}, which it had acknowledged: its database was set back. All that is stored is reported again")]
    public static partial void HubWasSetBack(ILogger logger, long epoch, long sequence);

    [LoggerMessage(184, LogLevel.Warning, "The hub will never take {Changes} changes; they are not reported again. The first: {Reason}")]
    public static partial void ChangesRefused(ILogger logger, long changes, string reason);

    [LoggerMessage(185, LogLevel.Warning,
        "{Changes} changes were not reported to the hub, the oldest for {Seconds:F0} s: the next start on this database reports them")]
    public static partial void NotAllReported(ILogger logger, long changes, double seconds);

    [LoggerMessage(186, LogLevel.Error,
        "{Predictions} forgotten predictions were never reported to the hub, because more than 100,000 waited: forget them there too")]
    public static partial void ForgottenNotReported(ILogger logger, long predictions);
}
