namespace AccuracyMonitor.Training.BitCentering;

/// <summary>State of a solver after an outer epoch.</summary>
/// <param name="Epoch">Number of the epoch, from 1.</param>
/// <param name="GradientNorm">‖∇f‖ of the whole objective.</param>
/// <param name="Objective">Nats.</param>
/// <param name="Mu">HALP's μ in this epoch; 0 for the others.</param>
/// <param name="SaturatedShare">Fraction of the epoch's roundings that were clamped, [0, 1].</param>
/// <param name="Restored">True if the epoch made the objective worse and was undone.</param>
public sealed record EpochTrace(int Epoch, double GradientNorm, double Objective, double Mu, double SaturatedShare, bool Restored);
