using System.CommandLine.Parsing;
using AccuracyMonitor.Evaluation.Recipes;
using AccuracyMonitor.Training.Schedules;

namespace AccuracyMonitor.Cli.Training;

internal static class PolicyOption
{
    /// <summary>An unusable <c>--policy</c> is an error of the command line.</summary>
    /// <param name="result">Of the option.</param>
    /// <param name="plateau">Whether what it is for can look at a held-out loss.</param>
    public static void Validate(OptionResult result, bool plateau = true)
    {
        try
        {
            if (result.Tokens is [var token])
            {
                var policy = RatePolicy.Parse(PolicyFile.Read(token.Value).Policy);
                if (policy.Plateau is not null && !plateau)
                {
                    result.AddError($"{result.Option.Name}: PLATEAU looks at a held-out loss, and this training has none.");
                }
            }
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            result.AddError($"{result.Option.Name}: {e.Message}");
        }
    }
}
