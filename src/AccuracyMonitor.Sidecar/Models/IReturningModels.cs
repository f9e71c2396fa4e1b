namespace AccuracyMonitor.Sidecar.Models;

/// <summary>Brings back what the store has of a model version that was evicted.</summary>
internal interface IReturningModels
{
    /// <summary>Takes as long as reading the store does: never called on the thread of a prediction.</summary>
    /// <param name="registry">Of <paramref name="model"/>.</param>
    /// <param name="model">Made anew; its predictions wait.</param>
    /// <param name="stored">Ends when the store has everything.</param>
    /// <returns>True: with its champion. False: it has none of its own, and begins with the configured monitor.</returns>
    bool Restore(ModelRegistry registry, ModelState model, Task stored);
}
