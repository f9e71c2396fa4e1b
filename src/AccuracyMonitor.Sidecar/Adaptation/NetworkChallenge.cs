using AccuracyMonitor.Core.Transfer;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>A trial of fine-tuned networks against one champion.</summary>
/// <param name="ChampionVersion">The champion that is challenged.</param>
/// <param name="Evidence">So far, over all networks that were tried.</param>
/// <param name="Through">Sequence of the last label that judged. The next network learns from labels up to it and is judged on later ones.</param>
internal sealed record NetworkChallenge(string ChampionVersion, LossEvidence Evidence, long Through);
