package io.proa.app.fleet;
import java.nio.file.Path;
import java.net.*; import java.util.*;
public final class FleetDocument {
    private FleetDocument() {}
    public static FleetPlan read(Path document) {
      try {
      List<FleetPlan.Service> s=new ArrayList<>(); Map<String,List<InetAddress>> hosts=new LinkedHashMap<>(); int n=2;
      for (String[] x: new String[][]{{"front","node","orders catalog"},{"orders","python","inventory"},{"catalog","java","inventory"},{"inventory","go",""}}) {
        List<FleetPlan.PodPlan> pods=new ArrayList<>();
        for (int i=1;i<=(x[0].equals("inventory")?2:1);i++,n++) pods.add(new FleetPlan.PodPlan(x[0]+"-"+i,InetAddress.getByName("10.87.0."+n),InetAddress.getByName("fd50:a0a::"+n)));
        hosts.put(x[0],List.of(InetAddress.getByName("10.88.0."+n)));
        String ups=x[2].isEmpty()?"":"http://"+x[2].replace(" ",":8080/ http://")+":8080/";
        s.add(new FleetPlan.Service(x[0],List.of("./run",x[1]),document.toAbsolutePath().getParent().resolve("services"),8080,Map.of("NAME",x[0],"UPSTREAMS",ups,"PAGE",x[0].equals("front")?"page.html":""),x[2].isEmpty()?List.of():List.of(x[2].split(" ")),x[0].equals("front")?List.of(8080):List.of(),pods)); }
      return new FleetPlan("demo",document,s,hosts);
      } catch (Exception e) { throw new IllegalStateException(e); }
    }
}
