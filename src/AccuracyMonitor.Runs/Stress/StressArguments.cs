using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Runs.Stress;

/// <summary>What <c>stress</c> was asked for.</summary>
internal sealed record StressArguments
{
    public required StressInputs Inputs { get; init; }

    public required IReadOnlyList<Attack> Attacks { get; init; }

    /// <summary>Of the first run; each further one adds 1 to the seed.</summary>
    public required StressOptions Options { get; init; }

    public int Seeds { get; init; } = 1;

    public required StressOutputs Outputs { get; init; }

    /// <summary>The first attack: its examples harden the monitor and train the classifier.</summary>
    public Attack TrainingAttack => Attacks[0];

    /// <exception cref="FormatException">An unknown name.</exception>
    public static IReadOnlyList<Attack> ParseAttacks(string attacks, string selectors)
    {
        var selections = Names(selectors).Select(n => Enum.GetValues<PixelSelection>().Cast<PixelSelection?>().FirstOrDefault(s => Attack.NameOf(s!.Value) == n)
            ?? throw new FormatException(
                $"--selector: '{n}' is not a selector; use one of: {string.Join(", ", Enum.GetValues<PixelSelection>().Select(Attack.NameOf))}."))
                .ToArray();
        Attack[] parsed = [.. Names(attacks).SelectMany(n => n switch
        {
            "swarm" => selections.Select(s => new Attack(AttackMethod.Swarm, s)),
            "fgsm" => [new Attack(AttackMethod.Fgsm)],
            "pgd" => [new Attack(AttackMethod.Pgd)],
            _ => throw new FormatException($"--attack: '{n}' is not an attack; use swarm, fgsm or pgd."),
        })];
        return parsed.Length > 0 ? parsed : throw new FormatException("--attack and --selector name no attack.");
    }

    /// <summary><c>none</c>, <c>runner-up</c> or a class.</summary>
    /// <exception cref="FormatException">Another text.</exception>
    public static AttackGoal ParseTarget(string text) => text switch
    {
        "none" => new AttackGoal(),
        "runner-up" => new AttackGoal { TargetRunnerUp = true },
        _ when int.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var k) => new AttackGoal { TargetClass = k },
        _ => throw new FormatException($"--target: '{text}'; it must be none, runner-up or a class from 0."),
    };

    private static string[] Names(string list) =>
        [.. list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal)];
}
