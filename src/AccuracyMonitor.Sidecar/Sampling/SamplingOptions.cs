using System.ComponentModel.DataAnnotations;
using AccuracyMonitor.Core.Sampling;
using Microsoft.Extensions.Options;

namespace AccuracyMonitor.Sidecar.Sampling;

/// <summary>Which predictions are chosen for labelling.</summary>
internal sealed class SamplingOptions
{
    public const string Section = "Sampling";

    /// <summary>Mixed, Uniform, Stratified, or TopUncertainty (which never enters the audited estimate). Default Mixed.</summary>
    [EnumDataType(typeof(SamplingPolicy))]
    public SamplingPolicy Policy { get; set; } = SamplingPolicy.Mixed;

    /// <summary>Share of predictions to label, 0.0001–1. Default 0.01.</summary>
    [Range(0.0001, 1)]
    public double Budget { get; set; } = 0.01;

    /// <summary>Share of the budget spent uniformly, 0.05–1. Default 0.5.</summary>
    [Range(0.05, 1)]
    public double UniformShare { get; set; } = 0.5;

    /// <summary>Whether labels may move the uniform share between 0.25 and 1, by what they show of the monitor's errors (policy Mixed). Default true.</summary>
    public bool AdaptUniformShare { get; set; } = true;

    /// <summary>Smallest uncertainty a prediction counts with, 0.001–0.5. Default 0.02.</summary>
    [Range(0.001, 0.5)]
    public double Floor { get; set; } = 0.02;

    /// <summary>Set it only for runs that are to be repeated exactly: the same seed chooses the same predictions, and who knows it can choose ids that
    /// are never labelled. Empty: a secret random key, made at the first start and kept in the store. Default empty.</summary>
    public ulong? Seed { get; set; }

    /// <summary>Most label requests an hour for one model version. Default 3,600.</summary>
    [Range(1, 10_000_000)]
    public int MaxRequestsPerHour { get; set; } = 3600;

    /// <summary>Least inclusion probability as a share of its mean, for the alarms.</summary>
    public double LeastInclusionRatio => Policy != SamplingPolicy.Mixed ? 0.4
        : AdaptUniformShare ? UniformShareChoice.LeastInclusionRatio(UniformShare)
        : UniformShareChoice.FixedInclusionRatio(UniformShare);

    /// <summary>Null: the uniform share stays as it is.</summary>
    public UniformShareChoice? NewUniformShareChoice() => AdaptUniformShare
        && Policy == SamplingPolicy.Mixed ? new UniformShareChoice(Floor, UniformShare) : null;

    /// <param name="coin">Key of the draws.</param>
    public SamplerOptions ToCore(CoinKey coin) => new()
    {
        Policy = Policy,
        Budget = Budget,
        UniformShare = UniformShare,
        Floor = Floor,
        Coin = coin,
        MaxRequestsPerHour = MaxRequestsPerHour,
    };
}

[OptionsValidator]
internal sealed partial class SamplingOptionsValidator : IValidateOptions<SamplingOptions>;
