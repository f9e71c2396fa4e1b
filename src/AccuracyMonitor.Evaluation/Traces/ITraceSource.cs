using AccuracyMonitor.Core;
using AccuracyMonitor.Evaluation.Traces.Tables;

namespace AccuracyMonitor.Evaluation.Traces;

/// <summary>What a trace file's format gives: conditions, and the labelled rows of each. One implementation per way of storing them.</summary>
internal interface ITraceSource
{
    /// <summary>Conditions in the order in which the file has them.</summary>
    IReadOnlyList<string> Conditions { get; }

    /// <summary>False: the file names no condition, and its rows are <see cref="TraceFile.Reference"/>.</summary>
    bool NamesConditions { get; }

    TraceUnderstanding Understood { get; }

    /// <param name="condition">One of <see cref="Conditions"/>.</param>
    /// <returns>Checked rows: softmax vectors of one K, labels 0…K−1. Shared with later calls, so not to be changed.</returns>
    /// <exception cref="TraceFileException">The condition's data is unreadable or no such rows.</exception>
    ReferenceSet Load(string condition);

    /// <summary>Rows of a condition that <see cref="Load"/> leaves out because the file has no label for them.</summary>
    int Unlabelled(string condition);
}
