namespace AccuracyMonitor.Storage.Inputs;

/// <summary>Inputs that one call deleted, by why.</summary>
/// <param name="Labelled">Their prediction has its label.</param>
/// <param name="TooOld">By age.</param>
/// <param name="ForRoom">Of ended requests, because the bound on all inputs was nearly reached.</param>
public sealed record PrunedInputs(int Labelled, int TooOld, int ForRoom)
{
    public int Total => Labelled + TooOld + ForRoom;
}
