using TorchSharp;

namespace AccuracyMonitor.Demo.Tests;

/// <summary>
/// Makes libtorch load at the first test that needs it, whichever comes first. Tests that make networks are in one collection, one after the
/// other: libtorch has one stream of random numbers for the whole process, and a network made beside a training would take of it.
/// </summary>
internal static class Torch
{
    static Torch() => torch.InitializeDeviceType(DeviceType.CPU);

    public static void Load()
    {
    }
}
