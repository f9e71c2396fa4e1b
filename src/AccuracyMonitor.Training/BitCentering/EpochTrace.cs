namespace AccuracyMonitor.Training.BitCentering;

/// <summary>Where a solver was after an outer epoch.</summary>
/// <param name="Epoch">1 and up.</param>
/// <param name="GradientNorm">‖∇f‖ of the whole objective.</param>
/// <param name="Objective">Nats.</param>
/// <param name="Mu">HALP's μ in this epoch; 0 for the others.</param>
/// <param name="SaturatedShare">Of all roundings of the epoch those that were clamped, [0, 1].</param>
/// <param name="Restored">The epoch made things worse and was taken back.</param>
public sealed record EpochTrace(int Epoch, double GradientNorm, double Objective, double Mu, double SaturatedShare, bool Restored);
