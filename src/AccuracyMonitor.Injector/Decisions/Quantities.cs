using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;

namespace AccuracyMonitor.Injector.Decisions;

/// <summary>Kubernetes quantities as numbers, and back.</summary>
internal static class Quantities
{
    public static readonly IReadOnlyDictionary<string, decimal> None = new Dictionary<string, decimal>(StringComparer.Ordinal);

    public static IReadOnlyDictionary<string, decimal> Of(IDictionary<string, ResourceQuantity>? list) =>
        list?.ToDictionary(p => p.Key, p => p.Value.ToDecimal(), StringComparer.Ordinal) ?? None;

    /// <summary>One of a container's or a pod's <c>resources</c>; null: not set.</summary>
    public static decimal? Of(JsonNode? resources, string kind, string name) =>
        resources?[kind]?[name] is { } quantity ? AnnotationReader.Value(quantity.ToString()) : null;

    /// <summary>The first to have a name decides.</summary>
    public static IReadOnlyDictionary<string, decimal> Merged(params ReadOnlySpan<IReadOnlyDictionary<string, decimal>> lists)
    {
        Dictionary<string, decimal> merged = new(StringComparer.Ordinal);
        foreach (var list in lists)
        {
            foreach (var (name, value) in list)
            {
                merged.TryAdd(name, value);
            }
        }

        return merged;
    }

    public static string Write(string name, decimal value)
    {
        if (name == ResourceNames.Cpu)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{value * 1000:0}m");
        }

        foreach (var (unit, size) in ((string, decimal)[])[("Gi", 1 << 30), ("Mi", 1 << 20), ("Ki", 1 << 10)])
        {
            if (value >= size && value % size == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{value / size:0}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value:0}");
    }

    /// <summary>The next value that can be written, away from or towards zero: thousandths of a processor, bytes.</summary>
    public static decimal Round(string name, decimal value, bool up)
    {
        var unit = name == ResourceNames.Cpu ? 0.001m : 1;
        return (up ? Math.Ceiling(value / unit) : Math.Floor(value / unit)) * unit;
    }
}

internal static class ResourceNames
{
    public const string Cpu = "cpu";
    public const string Memory = "memory";
    public const string Storage = "ephemeral-storage";
    public const string Requests = "requests";
    public const string Limits = "limits";

    /// <summary>Those that a sidecar may have.</summary>
    public static readonly IReadOnlyList<string> All = [Cpu, Memory, Storage];
}
