using AccuracyMonitor.Hosting.Access;
using AccuracyMonitor.Sidecar.Hosting;
using Grpc.Core;

namespace AccuracyMonitor.Sidecar.Labelling;

/// <summary>Who counts as the annotator of a call.</summary>
internal static class Annotators
{
    public const int MaxLength = 200;

    /// <summary>
    /// The subject of an authenticated caller, since the name in a message can be anybody's. Who may administer the model may act for others, as a bridge
    /// to another labelling tool does. Without authentication: the name that is given.
    /// </summary>
    /// <param name="caller">Makes the call.</param>
    /// <param name="given">The name in the message, which may be empty.</param>
    /// <param name="model">Model that the call is about; empty if it is about any.</param>
    public static string Of(Caller caller, string given, string model) =>
        !caller.IsAuthenticated || (given.Length > 0 && MayActForOthers(caller, model)) ? given : Cut(caller.Subject);

    /// <inheritdoc cref="Of(Caller, string, string)"/>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the name is too long.</exception>
    public static string Annotator(this ServerCallContext context, string field, string given, string model)
    {
        CheckLength(field, given);
        return Of(Caller.Of(context.GetHttpContext()), given, model);
    }

    /// <summary>
    /// Whom labels are withheld from about which another opinion is wanted: he may be asked for it, and is to give it without knowing them. Nothing is withheld
    /// from who may administer the model.
    /// </summary>
    /// <param name="context">Context of the call.</param>
    /// <param name="model">Model that the call is about; empty if it is about any.</param>
    /// <param name="always">Also from who may administer.</param>
    /// <returns>Null if it is from nobody.</returns>
    public static string? WithheldFrom(this ServerCallContext context, string model, bool always)
    {
        var caller = Caller.Of(context.GetHttpContext());
        return !always && MayActForOthers(caller, model) ? null : Of(caller, "", model);
    }

    /// <exception cref="RpcException">INVALID_ARGUMENT: the name is too long.</exception>
    public static void CheckLength(string field, string annotator)
    {
        if (annotator.Length > MaxLength)
        {
            throw RpcErrors.Invalid(field, $"{field} has {annotator.Length} characters; it may have at most {MaxLength}.");
        }
    }

    private static bool MayActForOthers(Caller caller, string model) =>
        model.Length == 0 ? caller.MayWithAll(Roles.Administer) : caller.May(Roles.Administer, model);

    private static string Cut(string subject) => subject.Length > MaxLength ? subject[..MaxLength] : subject;
}
