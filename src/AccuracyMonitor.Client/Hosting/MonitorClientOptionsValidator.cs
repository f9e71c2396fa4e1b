using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Client.Hosting;

internal sealed class MonitorClientOptionsValidator : IValidateOptions<MonitorClientOptions>
{
    public ValidateOptionsResult Validate(string? name, MonitorClientOptions options) =>
        options.Failures() is { Count: > 0 } failures
            ? ValidateOptionsResult.Fail(string.IsNullOrEmpty(name) ? failures : failures.Select(f => $"{name}: {f}"))
            : ValidateOptionsResult.Success;
}
