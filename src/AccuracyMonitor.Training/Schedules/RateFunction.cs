namespace AccuracyMonitor.Training.Schedules;

/// <summary>The 13 learning-rate functions of LRBench (Wu et al., "Demystifying learning rate policies for high accuracy training of deep
/// neural networks", arXiv 1908.06477, table of functions). Their formulas: <see cref="RateSegment.At"/>.</summary>
public enum RateFunction
{
    /// <summary>Constant.</summary>
    Fix,

    /// <summary>Falls by a factor every l steps.</summary>
    Step,

    /// <summary>Falls by a factor at each of a list of steps.</summary>
    NStep,

    /// <summary>Exponential decay.</summary>
    Exp,

    /// <summary>Inverse-time decay.</summary>
    Inv,

    /// <summary>Polynomial decay to zero at step l.</summary>
    Poly,

    /// <summary>Triangle wave, from the small rate up to the large one in l steps and back in l.</summary>
    Tri,

    /// <summary>Triangle wave, halved every period.</summary>
    Tri2,

    /// <summary>Triangle wave that decays exponentially.</summary>
    TriExp,

    /// <summary>|sine| wave, up in l steps and back in l.</summary>
    Sin,

    /// <summary>|sine| wave, halved every period.</summary>
    Sin2,

    /// <summary>|sine| wave that decays exponentially.</summary>
    SinExp,

    /// <summary>Cosine wave, from the large rate down to the small one in l steps and back in l.</summary>
    Cos,
}
