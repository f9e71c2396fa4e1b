namespace AccuracyMonitor.Sidecar.Models;

/// <summary>
/// State that a feature keeps for each model version. The feature registers how it is made and offers it as an extension property of
/// <see cref="ModelState"/>, so that the models know nothing of the features.
/// </summary>
/// <param name="Type">By which the feature finds it.</param>
/// <param name="Create">Called once for each model version, before anything is counted; null: this model version has none.</param>
internal sealed record ModelPart(Type Type, Func<ModelState, object?> Create);

/// <summary>A part that depends on which monitor is in use.</summary>
internal interface IFollowsMonitor
{
    /// <summary>Another monitor is in use from now on.</summary>
    void MonitorChanged(MonitorSnapshot monitor);
}

internal static class ModelPartRegistration
{
    /// <summary>Adds to every model version a <typeparamref name="T"/>, or none where <paramref name="create"/> gives null.</summary>
    public static void AddModelPart<T>(this IServiceCollection services, Func<IServiceProvider, ModelState, T?> create)
        where T : class =>
        services.AddSingleton(s => new ModelPart(typeof(T), model => create(s, model)));
}
