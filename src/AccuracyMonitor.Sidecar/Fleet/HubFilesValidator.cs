using AccuracyMonitor.Client;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Fleet;

/// <summary>The address and the files of the channel to the hub.</summary>
internal sealed class HubFilesValidator : IValidateOptions<HubOptions>
{
    public ValidateOptionsResult Validate(string? name, HubOptions options)
    {
        if (!options.IsOn)
        {
            return ValidateOptionsResult.Success;
        }

        try
        {
            using var channel = MonitorChannel.Create(options.Address, options.Credentials);
            return ValidateOptionsResult.Success;
        }
        catch (ArgumentException e)
        {
            return ValidateOptionsResult.Fail($"{HubOptions.Section}:{nameof(HubOptions.Address)}: {e.Message.Split(" (Parameter")[0]}");
        }
    }
}
