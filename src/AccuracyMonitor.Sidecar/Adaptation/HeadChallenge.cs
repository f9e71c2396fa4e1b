using AccuracyMonitor.Core.Recalibration;

namespace AccuracyMonitor.Sidecar.Adaptation;

/// <summary>A trial of heads against one champion. After a restart it is replayed from the stored labels.</summary>
/// <param name="ChampionVersion">The champion that is challenged.</param>
/// <param name="Trial">The evidence so far.</param>
/// <param name="Through">Sequence of the last label that judged; at first the champion's last.</param>
internal sealed record HeadChallenge(string ChampionVersion, HeadTrial Trial, long Through);
