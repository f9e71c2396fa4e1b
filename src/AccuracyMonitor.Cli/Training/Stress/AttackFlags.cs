using System.CommandLine;
using AccuracyMonitor.Runs.Stress;
using AccuracyMonitor.Training.Stress;

namespace AccuracyMonitor.Cli.Training.Stress;

/// <summary>Options of <c>stress</c> that say which attacks are made, and how hard they are.</summary>
internal sealed class AttackFlags
{
    private const int TrainImages = 1000;
    private static readonly StressOptions Defaults = new();

    private readonly Option<string> _attack = new("--attack")
    {
        Description = "Attacks, separated by commas, of swarm, fgsm and pgd. --harden and --train use the examples of the first one.",
        DefaultValueFactory = _ => "swarm,fgsm,pgd",
    };

    private readonly Option<string> _selector = new("--selector")
    {
        Description = "How the swarm chooses its pixels, separated by commas: influence-gradient, influence, gradient, random.",
        DefaultValueFactory = _ => "influence-gradient,influence,gradient,random",
    };

    private readonly Option<int> _pixels = BoundedOption.Create("--pixels", "Number of pixels that the swarm may change.", Defaults.Pixels, 1, 1_000_000);

    private readonly Option<double> _box = BoundedOption.Create("--box", "Largest change of such a pixel; 1 is from black to white.", Defaults.Box, 1e-3, 1);

    private readonly Option<double> _leastLength = BoundedOption.Create(
        "--least-length", "Share of the image's largest gradient length below which a pixel has no influence.", Defaults.LeastLength, 0, 1);

    private readonly Option<string> _target = new("--target")
    {
        Description = "Class that is to be predicted: none (any wrong one), runner-up, or its number.",
        DefaultValueFactory = _ => "none",
    };

    private readonly Option<double?> _probability = BoundedOption.Optional(
        "--probability", "Probability that the wrong class must reach. [default: only more than the others]", 0.5, 0.999);

    private readonly Option<int> _particles = BoundedOption.Create("--particles", "Number of particles of the swarm.", Defaults.Swarm.Particles, 2, 10_000);

    private readonly Option<int> _iterations = BoundedOption.Create(
        "--iterations", "Steps after the first draw: particles x (iterations + 1) queries an image at most.", Defaults.Swarm.Iterations, 0, 10_000);

    private readonly Option<int> _radius = BoundedOption.Create(
        "--radius", "Largest change of a pixel by FGSM and PGD, in grey levels.", Defaults.Radius, 1, 255);

    private readonly Option<int> _count = BoundedOption.Create("--count", "Number of images that are attacked for the report.", Defaults.Images, 10, 100_000);

    private readonly Option<int> _trainCount = BoundedOption.Create(
        "--train-count", "Number of other images that are attacked for --harden and --train.", TrainImages, StressRun.FewestTrainImages, 100_000);

    public void AddTo(Command command)
    {
        Option[] all =
        [
            _attack, _selector, _pixels, _box, _leastLength, _target, _probability, _particles, _iterations, _radius, _count, _trainCount,
        ];
        foreach (var option in all)
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Refuses <c>--train-count</c> where nothing that is written uses those images.</summary>
    public void Need(Command command, OutputFlags outputs) => command.Validators.Add(result =>
    {
        if (result.GetResult(_trainCount) is { Implicit: false } && !outputs.NeedsTrainImages(result))
        {
            result.AddError("--train-count needs --harden or --train: nothing else uses those images.");
        }
    });

    /// <exception cref="FormatException">An unknown attack or selector.</exception>
    public IReadOnlyList<Attack> Attacks(ParseResult parsed) =>
        StressArguments.ParseAttacks(parsed.GetRequiredValue(_attack), parsed.GetRequiredValue(_selector));

    /// <param name="parsed">The command line.</param>
    /// <param name="seed">Of the first run.</param>
    /// <param name="train">Whether other images are attacked too.</param>
    /// <exception cref="FormatException">A target that is neither a class nor a known word.</exception>
    public StressOptions Of(ParseResult parsed, ulong seed, bool train) => new()
    {
        Seed = seed,
        Images = parsed.GetValue(_count),
        TrainImages = train ? parsed.GetValue(_trainCount) : 0,
        Pixels = parsed.GetValue(_pixels),
        Box = parsed.GetValue(_box),
        LeastLength = parsed.GetValue(_leastLength),
        Radius = parsed.GetValue(_radius),
        Goal = StressArguments.ParseTarget(parsed.GetRequiredValue(_target)) with { Probability = parsed.GetValue(_probability) },
        Swarm = new SwarmOptions { Particles = parsed.GetValue(_particles), Iterations = parsed.GetValue(_iterations) },
    };
}
