namespace AccuracyMonitor.Storage;

internal static class SqlFilter
{
    /// <summary>A condition on <c>@model</c> and <c>@version</c> that leaves out what is not asked for, so that an index can serve what is.</summary>
    public static string OnModel(string? model, string? version) => (string.IsNullOrEmpty(model), string.IsNullOrEmpty(version)) switch
    {
        (true, true) => "TRUE",
        (false, true) => "model = @model",
        (true, false) => "version = @version",
        (false, false) => "model = @model AND version = @version",
    };
}
