return await AccuracyMonitor.Sidecar.Hosting.SidecarHost.RunAsync(args);
