namespace AccuracyMonitor.Sidecar.Observability;

/// <summary>Why something was refused that was not wrong in itself; values of the label <c>reason</c> of refusals_total.</summary>
internal static class RefusalReasons
{
    /// <summary>Memory:ReadBytes are being read.</summary>
    public const string ReadBudget = "read_budget";

    /// <summary>A message took longer than Memory:MessageTimeout.</summary>
    public const string ReadTimeout = "read_timeout";

    /// <summary>A stream's caller did not read an answer within Memory:AnswerTimeout.</summary>
    public const string AnswersUnread = "answers_unread";

    /// <summary>More connections than Listen:MaxConnections or Tap:MaxConnections.</summary>
    public const string Connections = "connections";

    /// <summary>A batch of a model version beyond Intake:MaxModels.</summary>
    public const string Models = "models";

    /// <summary>A batch of a model version for which Memory:StateBytes have no room.</summary>
    public const string State = "state";

    public static readonly string[] All = [ReadBudget, ReadTimeout, AnswersUnread, Connections, Models, State];
}
