// The interop suite's server, which says who it is where a request asks for that: Go's own never does, so that the case
// pick_first_unary fails with it even where nothing stands in between.
package main

import (
	"context"
	"fmt"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/interop"
	pb "google.golang.org/grpc/interop/grpc_testing"
)

type named struct{ pb.TestServiceServer }

func (n named) UnaryCall(ctx context.Context, request *pb.SimpleRequest) (*pb.SimpleResponse, error) {
	response, err := n.TestServiceServer.UnaryCall(ctx, request)
	if err == nil && request.FillServerId {
		response.ServerId = os.Args[1]
	}
	return response, err
}

func main() {
	listener, err := net.Listen("tcp", os.Args[1])
	if err == nil {
		server := grpc.NewServer()
		pb.RegisterTestServiceServer(server, named{interop.NewTestServer()})
		err = server.Serve(listener)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
