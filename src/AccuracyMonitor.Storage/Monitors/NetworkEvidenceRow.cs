using AccuracyMonitor.Core;

namespace AccuracyMonitor.Storage.Monitors;

/// <summary>What labels have said about fine-tuned networks that challenge one champion.</summary>
/// <param name="Key">The model version.</param>
/// <param name="ChampionVersion">The champion that is challenged.</param>
/// <param name="LogValue">Natural logarithm of the e-value.</param>
/// <param name="Mean">Sum of the remembered bets, which sets the next stake.</param>
/// <param name="Square">Sum of their squares.</param>
/// <param name="LabelSequence">Place in the history of the last label that judged.</param>
public sealed record NetworkEvidenceRow(ModelKey Key, string ChampionVersion, double LogValue, double Mean, double Square, long LabelSequence);
